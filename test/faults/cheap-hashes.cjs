// Preloaded into a process of the built program: a hash of cost 15 takes longer than all else together.
const bcrypt = require("@node-rs/bcrypt");

const { hash } = bcrypt;
bcrypt.hash = (password, options) => hash(password, { ...options, cost: 4 });
