import type { ACTION, AddressSetting } from "../../model/diagnostics/action.js";
import { didYouMean } from "../../model/nearest.js";
import type { Words } from "./words.js";

const INPUTS: Readonly<Record<AddressSetting, string>> = {
  vaultUrl: "vault-url",
  "onepassword.connectUrl": "connect-url",
};

const NO_TOKEN = "No token was read.";
const PIN = `Pin the addresses (inputs vault-url and connect-url). ${NO_TOKEN}`;

export const ACTION_WORDS: Words<typeof ACTION> = {
  "address-against-pin": {
    summary: ({ details: { setting, address, pin }, subject }) =>
      `${subject.environment}: ${setting} is ${address}, and the workflow pins ${pin}`,
    hint: ({ details: { setting } }) => `${NO_TOKEN} Correct the configuration, or the input ${INPUTS[setting]}.`,
  },
  "address-changed": {
    summary: ({ details: { setting, before = "nothing", after = "nothing" }, subject }) =>
      `${subject.environment}: this change sets ${setting} to ${after}, and the base branch has ${before}`,
    hint: ({ details: { setting } }) =>
      `${NO_TOKEN} Merge the address by itself, or pin it (input ${INPUTS[setting]}).`,
  },
  "addresses-unreadable": {
    summary: ({ subject }) => `${subject.environment} cannot be read`,
    hint: NO_TOKEN,
  },
  "base-commit-missing": {
    summary: ({ details: { commit } }) => `The base commit ${commit.slice(0, 12)} is not in this clone`,
    hint: "Give actions/checkout fetch-depth: 0, or pin the addresses (inputs vault-url and connect-url).",
  },
  "base-not-default-branch": {
    summary: "The base of this change is not the default branch, so nobody has reviewed it",
    hint: PIN,
  },
  "checkout-changed": {
    summary: "differs from the commit that was checked out",
    hint: `${NO_TOKEN} Let no earlier step change the configuration, or pin the addresses (inputs vault-url and connect-url).`,
  },
  "checkout-in-checkout": {
    summary: ({ details: { directory, top } }) =>
      `${directory} is a repository of its own inside the one that was checked out at ${top}`,
    hint: "Check out two repositories beside each other, each with a path of its own.",
  },
  "checkout-missing": {
    summary: ({ details: { directory } }) => `${directory} is in no repository that this workflow checked out`,
    hint: "Run actions/checkout before this step, with Git installed.",
  },
  "checkout-of-other-commit": {
    summary: "What is checked out is not the commit that this run is about",
    hint: `Leave ref out of actions/checkout. ${PIN}`,
  },
  "diff-without-base": {
    summary: "There is nothing to compare against",
    hint: "Name a revision in the input base.",
  },
  "event-of-base": {
    summary: ({ details: { event } }) => `This action does not run on ${event}`,
    hint: "That event hands the secrets of the base branch to what a pull request changed. Use pull_request.",
  },
  "event-unreadable": { summary: ({ details: { file } }) => `The event in ${file} cannot be read` },
  "input-command-unknown": {
    summary: ({ details: { given } }) => `Input command is "${given}", which is not a command of this action`,
    hint: ({ details: { given, commands } }) => didYouMean(given, commands) ?? `Commands: ${commands.join(", ")}.`,
  },
  "input-environment-invalid": {
    summary: ({ details: { given } }) => `${given} is not the name of an environment`,
    hint: "Correct the input environment.",
  },
  "input-environment-single": {
    summary: ({ details: { command, given } }) => `${command} needs one environment, and got ${given}`,
    hint: "Name it in the input environment; a matrix runs one job for each of several.",
  },
  "input-not-boolean": {
    summary: ({ details: { input, given } }) => `Input ${input} is "${given}"; it must be true or false`,
    hint: "Correct the workflow.",
  },
  "input-plan-missing": {
    summary: "sync needs a plan",
    hint: "Give the file that command: plan made, and that somebody approved, in the input plan.",
  },
  "link-out-of-checkout": {
    summary: "is a link that leads out of the checkout",
    hint: "Put the file itself there.",
  },
  "run-not-on-default-branch": {
    summary: "This run is not on the default branch, so nobody has reviewed its addresses",
    hint: PIN,
  },
  "runner-variable-missing": {
    summary: ({ details: { variable } }) => `${variable} is not set`,
    hint: "This runs as a step of GitHub Actions.",
  },
  "sync-on-proposal": {
    summary: ({ details: { event } }) => `sync does not run on ${event}`,
    hint: "Let it run on push, after the merge.",
  },
};
