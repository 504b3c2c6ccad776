// Arguments: the root of the configuration, the environment.
import { parseEnvironment } from "./files.mjs";

const [root, environment] = process.argv.slice(2);
parseEnvironment(root, environment);
