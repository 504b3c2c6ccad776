import type { ACTION, AddressSetting } from "../../model/diagnostics/action.js";
import { didYouMean } from "../../model/nearest.js";
import type { Words } from "./words.js";

const INPUTS: Readonly<Record<AddressSetting, string>> = {
  vaultUrl: "vault-url",
  "onepassword.connectUrl": "connect-url",
};

const NO_TOKEN = "No token was read.";
const ADDRESSES = "the addresses (inputs vault-url and connect-url)";
const PIN = `Pin ${ADDRESSES}. ${NO_TOKEN}`;

export const ACTION_WORDS: Words<typeof ACTION> = {
  "address-against-pin": {
    summary: ({ details: { setting, address, pin }, subject }) =>
      `${subject.environment}: ${setting} is ${address}, but the workflow pins ${pin}`,
    hint: ({ details: { setting } }) => `${NO_TOKEN} Correct the configuration, or the input ${INPUTS[setting]}.`,
  },
  "address-changed": {
    summary: ({ details: { setting, before = "not set", after = "not set" }, subject }) =>
      `${subject.environment}: ${setting} is ${after}, but ${before} on the default branch`,
    hint: ({ details: { setting } }) =>
      `${NO_TOKEN} Merge the address by itself, or pin it (input ${INPUTS[setting]}).`,
  },
  "addresses-unreadable": {
    summary: ({ subject }) => `${subject.environment} cannot be read`,
    hint: NO_TOKEN,
  },
  "base-commit-missing": {
    summary: ({ details: { commit } }) => `The base commit ${commit.slice(0, 12)} is not in this clone`,
    hint: `Set fetch-depth: 0 for actions/checkout, or pin ${ADDRESSES}.`,
  },
  "base-not-default-branch": {
    summary: "The base of this change is not the default branch, so its addresses may not have been reviewed",
    hint: PIN,
  },
  "checkout-changed": {
    summary: "differs from the commit that was checked out",
    hint: `${NO_TOKEN} Do not change the configuration in an earlier step, or pin ${ADDRESSES}.`,
  },
  "checkout-in-checkout": {
    summary: ({ details: { directory, top } }) =>
      `${directory} is a separate repository inside the one checked out at ${top}`,
    hint: "Check out two repositories side by side, each with its own path.",
  },
  "checkout-missing": {
    summary: ({ details: { directory } }) => `${directory} is not in a repository that this workflow checked out`,
    hint: "Run actions/checkout before this step, with Git installed.",
  },
  "checkout-of-other-commit": {
    summary: "The checkout is not at the commit that started this run",
    hint: `Leave ref out of actions/checkout, or pin ${ADDRESSES}. ${NO_TOKEN}`,
  },
  "diff-without-base": {
    summary: "There is nothing to compare against",
    hint: "Name a revision in the input base.",
  },
  "event-of-base": {
    summary: ({ details: { event } }) => `This action does not run on ${event}`,
    hint: "That event would give the base branch's secrets to code from a pull request. Use pull_request.",
  },
  "event-unreadable": { summary: ({ details: { file } }) => `The event in ${file} cannot be read` },
  "input-command-unknown": {
    summary: ({ details: { given } }) => `Input command is "${given}", which is not a command of this action`,
    hint: ({ details: { given, commands } }) => didYouMean(given, commands) ?? `Commands: ${commands.join(", ")}.`,
  },
  "input-environment-invalid": {
    summary: ({ details: { given } }) => `${given} is not a valid environment name`,
    hint: "Correct the input environment.",
  },
  "input-environment-single": {
    summary: ({ details: { command, given } }) => `${command} needs one environment, but got ${given}`,
    hint: "Name it in the input environment; a matrix runs one job for each of several.",
  },
  "input-not-boolean": {
    summary: ({ details: { input, given } }) => `Input ${input} is "${given}"; it must be true or false`,
    hint: "Correct the workflow.",
  },
  "input-plan-missing": {
    summary: "sync needs a plan",
    hint: "Set the input plan to the approved file from command: plan.",
  },
  "link-out-of-checkout": {
    summary: "is a link to a path outside the checkout",
    hint: "Put the file itself there.",
  },
  "run-not-on-default-branch": {
    summary: "This run is not on the default branch, so its addresses may not have been reviewed",
    hint: PIN,
  },
  "runner-variable-missing": {
    summary: ({ details: { variable } }) => `${variable} is not set`,
    hint: "This runs as a step of GitHub Actions.",
  },
  "sync-on-proposal": {
    summary: ({ details: { event } }) => `sync does not run on ${event}`,
    hint: "Run it on push, after the merge.",
  },
};
