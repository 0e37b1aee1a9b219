// A transform for AssemblyScript's compiler. It puts the bytes of the core's string literals into LITERALS (core/literal.ts), and
// replaces each literal by a number that has its offset and length. A string of AssemblyScript has a header of 20 bytes, and two
// bytes for each character. Here a literal that is part of another one takes no bytes at all.
import { LiteralKind, Node, NodeKind } from "assemblyscript";
import { Transform } from "assemblyscript/transform";

export default class Literals extends Transform {
  afterParse(parser) {
    const pool = new Pool();
    const core = parser.sources.filter(({ internalPath }) => internalPath.startsWith("core/"));
    for (const source of core) replaceIn(source, pool);
    pool.fill(core.find(({ internalPath }) => internalPath === "core/literal"));
  }
}

// The properties of nodes that have no literals: source ranges, paths of modules, decorators.
const kept = new Set(["range", "parent", "path", "decorators"]);

function replaceIn(node, pool) {
  const replaced = (value) => {
    if (!(value instanceof Node)) return value;
    if (value.kind === NodeKind.Literal && value.literalKind === LiteralKind.String)
      return pool.expression(value);
    replaceIn(value, pool);
    return value;
  };
  for (const [name, value] of Object.entries(node)) {
    if (kept.has(name)) continue;
    if (Array.isArray(value)) node[name] = value.map(replaced);
    else node[name] = replaced(value);
  }
}

class Pool {
  #uses = [];

  // changetype<string>(number). The number is set by `fill`, when all literals are known.
  expression({ value, range }) {
    if (/[^ -~]/.test(value) || value.length > 255) throw new Error(`No literal of the core: ${value}`);
    const number = integer(0, range);
    this.#uses.push({ value, number });
    const type = Node.createNamedType(Node.createSimpleTypeName("string", range), [], false, range);
    const name = Node.createIdentifierExpression("changetype", range);
    return Node.createCallExpression(name, [type], [number], range);
  }

  // const LITERALS: usize = memory.data<u8>([…])
  fill(source) {
    const literals = [...new Set(this.#uses.map(({ value }) => value))].sort(longestFirst);
    const bytes = literals.reduce((all, one) => (all.includes(one) ? all : all + one), "");
    // The empty literal may have any offset but 0, because the number 0 is null.
    const offsetOf = (value) => (value === "" ? 1 : bytes.indexOf(value));
    for (const { value, number } of this.#uses) number.value = i64_new(offsetOf(value) * 256 + value.length);
    const isPool = (declaration) => declaration.name.text === "LITERALS";
    const declarations = source.statements.flatMap((statement) => statement.declarations ?? []);
    const [array] = declarations.find(isPool).initializer.args;
    array.elementExpressions = [...Buffer.from(bytes)].map((byte) => integer(byte, array.range));
  }
}

function longestFirst(one, other) {
  return other.length - one.length || (one < other ? -1 : 1);
}

function integer(value, range) {
  return Node.createIntegerLiteralExpression(i64_new(value), range);
}
