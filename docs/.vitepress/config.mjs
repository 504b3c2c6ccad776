// The site is the Markdown of the repository as it is, README first, so that every link works there and here.
import { defineConfig } from "vitepress";

const pages = (directory, titles) =>
  Object.entries(titles).map(([name, text]) => ({ text, link: `/docs/${directory}${name}` }));

/** Anchors as GitHub makes them; test/links.test.ts checks links against these. */
const slugify = (heading) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(/\s/g, "-");

/** A README is the index of its directory. */
function readmeIsIndex(markdown) {
  const normalizeLink = markdown.normalizeLink;
  markdown.normalizeLink = (link) => normalizeLink(link.replace(/(^|\/)README\.md(?=#|$)/, "$1index.md"));
}

export default defineConfig({
  title: "phalanx",
  description: "Puts every secret that the applications of a Kubernetes environment need into Vault.",
  srcDir: "..",
  srcExclude: ["node_modules/**", "test/**", "dist/**", "coverage/**", "CLAUDE.md"],
  rewrites: { "README.md": "index.md", ":directory/README.md": ":directory/index.md" },
  markdown: { anchor: { slugify }, config: readmeIsIndex },
  themeConfig: {
    search: { provider: "local" },
    outline: [2, 3],
    nav: [
      { text: "Tutorial", link: "/docs/tutorial" },
      { text: "How-to", link: "/docs/how-to/first-install" },
      { text: "Reference", link: "/docs/reference/cli" },
      { text: "Explanation", link: "/docs/explanation/design" },
    ],
    sidebar: [
      {
        text: "Start",
        items: [
          { text: "From clone to synced", link: "/" },
          { text: "Tutorial", link: "/docs/tutorial" },
          { text: "All pages", link: "/docs/" },
        ],
      },
      {
        text: "How-to",
        items: pages("how-to/", {
          "first-install": "First install",
          "add-a-secret": "Add a secret",
          "secrets-yaml": "Write secrets.yaml",
          "rotate-after-a-leak": "Rotate after a leak",
          "which-pods": "Which pods use this?",
          restore: "Take a change back",
          "move-from-the-original": "Move from the original",
          onepassword: "1Password",
          "encrypted-files": "SOPS and age",
          ci: "GitHub Actions",
          cluster: "In the cluster",
          "cluster-rights": "Rights in the cluster",
          fleet: "The whole fleet",
          upgrade: "Upgrade from 0.1",
          install: "Install and verify",
          release: "Make a release",
        }),
      },
      {
        text: "Reference",
        items: [
          ...pages("reference/", {
            cli: "Commands",
            "secrets-yaml": "secrets.yaml",
            questions: "When phalanx asks",
            "exit-status": "Exit status",
            "environment-variables": "Environment variables",
            json: "JSON formats",
            diagnostics: "Diagnostics",
            schemas: "Plan files and reports",
          }),
          ...pages("", { library: "The library" }),
          { text: "Changelog", link: "/CHANGELOG" },
        ],
      },
      {
        text: "Explanation",
        items: [
          ...pages("explanation/", {
            design: "Design",
            safety: "Safety",
            rollout: "Who holds what",
            records: "What is kept where",
          }),
          ...pages("", {
            performance: "Performance",
            reliability: "Reliability",
            testing: "Testing",
            dependencies: "Dependencies",
            scorecard: "Scorecard",
            "good-first-issues": "Good first issues",
          }),
          { text: "Threat model", link: "/SECURITY" },
          { text: "Architecture", link: "/ARCHITECTURE" },
          { text: "Contributing", link: "/CONTRIBUTING" },
        ],
      },
    ],
  },
});
