// A transform for AssemblyScript's compiler: the string literals of the core become bytes in LITERALS (core/literal.ts), and
// where they stand a number that says where, and how many. As AssemblyScript's own strings, each would take a header of 20
// bytes and two for every letter; and here one that is part of another takes none.
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

// Where a node comes from, paths of modules, and what an operator is called.
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

  // changetype<string>(number), whose number comes when all literals are known
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
    // One with nothing in it stands anywhere but at 0: that is null.
    const placeOf = (value) => (value === "" ? 1 : bytes.indexOf(value));
    for (const { value, number } of this.#uses) number.value = i64_new(placeOf(value) * 256 + value.length);
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
