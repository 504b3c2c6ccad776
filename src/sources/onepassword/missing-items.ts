import { PhalanxError } from "../../errors.js";
import { compareCodePoints } from "../../model/code-points.js";
import { diagnostic } from "../../model/diagnostics/index.js";
import type { MissingInOnepassword } from "../../model/onepassword.js";

/** Everything that an environment needs and that its 1Password vault is known to lack. */
export class MissingItemsError extends PhalanxError {
  readonly missing: readonly MissingInOnepassword[];

  constructor(environment: string, missing: readonly MissingInOnepassword[]) {
    const sorted = missing.toSorted(
      (a, b) => compareCodePoints(a.application, b.application) || compareCodePoints(a.key ?? "", b.key ?? ""),
    );
    super(diagnostic("onepassword-items-missing", { missing: sorted }, { subject: { environment } }));
    this.missing = sorted;
  }
}
