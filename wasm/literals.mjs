// A transform for AssemblyScript's compiler: the string literals of the core become bytes in LITERALS (core/literal.ts),
// each with one for its length before it. As AssemblyScript's own strings, each would take a header of 20 bytes and two
// for every letter.
import { LiteralKind, Node, NodeKind, Token } from "assemblyscript";
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
  bytes = [];
  #places = new Map();

  // changetype<string>(LITERALS + place)
  expression({ value, range }) {
    const name = (text) => Node.createIdentifierExpression(text, range);
    const type = Node.createNamedType(Node.createSimpleTypeName("string", range), [], false, range);
    const sum = Node.createBinaryExpression(
      Token.Plus,
      name("LITERALS"),
      integer(this.#place(value), range),
      range,
    );
    return Node.createCallExpression(name("changetype"), [type], [sum], range);
  }

  #place(text) {
    const known = this.#places.get(text);
    if (known !== undefined) return known;
    const place = this.bytes.length;
    this.#places.set(text, place);
    if (/[^ -~]/.test(text) || text.length > 255) throw new Error(`No literal of the core: ${text}`);
    this.bytes.push(text.length, ...Buffer.from(text));
    return place;
  }

  // const LITERALS: usize = memory.data<u8>([…])
  fill(source) {
    const isPool = (declaration) => declaration.name.text === "LITERALS";
    const statements = source.statements.flatMap(({ declarations = [] }) => declarations);
    const { initializer } = statements.find(isPool);
    const [array] = initializer.args;
    array.elementExpressions = this.bytes.map((byte) => integer(byte, array.range));
  }
}

function integer(value, range) {
  return Node.createIntegerLiteralExpression(i64_new(value), range);
}
