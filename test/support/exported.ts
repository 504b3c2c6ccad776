import { dirname } from "node:path";
import { API, type Checker, type JSDocTagInfo, type Symbol, SymbolFlags } from "typescript/unstable/sync";

/** Something that a module exports, or a public member of it, with its documentation as an editor shows it. */
export interface Exported {
  /** As in `SecretValue.reveal`. */
  readonly name: string;
  readonly kind: "function" | "class" | "type" | "method" | "constructor" | "property";
  readonly text: string;
  readonly tags: readonly JSDocTagInfo[];
  /** The names of its parameters, if it can be called. */
  readonly parameters: readonly string[];
}

/** What a module exports, each with those of its members that are declared in the directory of the module. */
export function exportedFrom(module: string, config: string): readonly Exported[] {
  const api = new API({ cwd: dirname(config) });
  try {
    const project = api.updateSnapshot({ openProject: config }).getProject(config);
    const file = project?.program.getSourceFile(module);
    const symbol = file && project?.checker.getSymbolAtLocation(file);
    if (project === undefined || symbol === undefined) throw new Error(`${config} has no module ${module}`);
    const { checker } = project;
    const isOurs = ({ declarations }: Symbol): boolean =>
      declarations.some(({ path }) => path.startsWith(`${dirname(module)}/`));
    return checker.getExportsOfModule(symbol).flatMap((each) => {
      const target = each.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(each) : each;
      const members = publicMembersOf(checker, target).filter(isOurs);
      return [
        describeSymbol(checker, target, each.name),
        ...members.map((member) => describeSymbol(checker, member, `${each.name}.${member.name.replace(/^__/, "")}`)),
      ];
    });
  } finally {
    api.close();
  }
}

/** What the parts of a union have in common is described with the union. */
function publicMembersOf(checker: Checker, owner: Symbol): Symbol[] {
  if (!(owner.flags & (SymbolFlags.Class | SymbolFlags.Interface))) return [];
  const constructors = [...owner.getMembers().values()].filter(({ flags }) => flags & SymbolFlags.Constructor);
  const properties = checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(owner));
  return [...constructors, ...properties.filter(({ name }) => !name.startsWith("__"))];
}

function describeSymbol(checker: Checker, symbol: Symbol, name: string): Exported {
  const kind = kindOf(symbol);
  return {
    name,
    kind,
    text: checker.getDocumentationCommentOfSymbol(symbol),
    tags: checker.getJsDocTagsOfSymbol(symbol),
    parameters: isCallable(kind) ? parametersOf(checker, symbol) : [],
  };
}

function isCallable(kind: Exported["kind"]): boolean {
  return kind === "function" || kind === "method" || kind === "constructor";
}

function kindOf({ flags }: Symbol): Exported["kind"] {
  if (flags & SymbolFlags.Function) return "function";
  if (flags & SymbolFlags.Class) return "class";
  if (flags & SymbolFlags.Method) return "method";
  if (flags & SymbolFlags.Constructor) return "constructor";
  return flags & (SymbolFlags.Property | SymbolFlags.Accessor) ? "property" : "type";
}

function parametersOf(checker: Checker, symbol: Symbol): string[] {
  const declaration = symbol.valueDeclaration?.resolve();
  const signature = declaration && checker.getSignatureFromDeclaration(declaration);
  return signature?.getParameters().map(({ name }) => name) ?? [];
}
