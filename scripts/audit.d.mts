interface Vulnerability {
  readonly name: string;
  readonly severity: string;
  readonly nodes: readonly string[];
  readonly via: readonly (string | { readonly url: string })[];
}
export function unacceptable(report: { readonly vulnerabilities: Readonly<Record<string, Vulnerability>> }): string[];
