#!/usr/bin/env node
import { answered } from "./quick-answers.js";

if (!answered(process.argv.slice(2))) void import("./run.js").then(({ run }) => run());
