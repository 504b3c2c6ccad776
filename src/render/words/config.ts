import type { CONFIG } from "../../model/diagnostics/config.js";
import { isName } from "../../model/names.js";
import { didYouMean } from "../../model/nearest.js";
import type { Words } from "./words.js";

export const CONFIG_WORDS: Words<typeof CONFIG> = {
  "environment-unknown": {
    summary: ({ subject }) => `No configuration found for environment ${subject.environment}`,
    hint: ({ subject, details: { known } }) => {
      const usable = known.filter(isName);
      const list = usable.length > 0 ? `Known environments: ${usable.join(", ")}.` : "There are none.";
      const meant = didYouMean(subject.environment, usable);
      return meant ? `${meant} ${list}` : list;
    },
  },
  "file-binary": { summary: "is a binary file", hint: "Put a text file there." },
  "file-empty": { summary: "is empty", hint: "Every environment needs its settings and the defaults." },
  "file-is-directory": { summary: "is a directory", hint: "Put a file there." },
  "file-missing": { summary: "does not exist" },
  "file-not-regular": { summary: "is no regular file", hint: "Put a file there." },
  "file-not-utf8": { summary: "is not UTF-8", hint: "Save it in UTF-8." },
  "file-too-large": { summary: "is larger than 5 MB", hint: "No configuration is; split or remove it." },
  "file-unreadable": { summary: ({ details: { reason } }) => `cannot be read (${reason})` },
  "link-leads-out": { summary: "is a link that leads out of the configuration", hint: "Put the file itself there." },
  "link-loop": { summary: "is a link that leads to itself", hint: "Remove it." },
};
