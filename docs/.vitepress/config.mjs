// The site is the Markdown of the repository as it is, README first, so that every link works there and here.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitepress";
import manifest from "../../package.json" with { type: "json" };

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

/** What each line of a terminal session is: the prompt of a command, more of that command, or output. */
function linesOf(session) {
  let goesOn = false;
  let end;
  return session.split("\n").map((line) => {
    if (end !== undefined) {
      if (line === end) end = undefined;
      return "more";
    }
    if (!goesOn && !line.startsWith("$ ")) return "output";
    const kind = goesOn ? "more" : "prompt";
    goesOn = line.endsWith("\\");
    end = /<<'?(\w+)/.exec(line)?.[1];
    return kind;
  });
}

const notCopied = (...children) => ({
  type: "element",
  tagName: "span",
  properties: { class: "vp-copy-ignore" },
  children,
});

/** The copy button takes the commands of a terminal session, without output: pasted, some of that would run. */
const copyCommands = {
  code(code) {
    if (this.options.lang !== "console") return;
    const kinds = linesOf(this.source);
    code.children = code.children
      .filter(({ type }) => type === "element")
      .flatMap((line, i) => {
        const parts = i === 0 ? [line] : [{ type: "text", value: "\n" }, line];
        if (kinds[i] === "output") return [notCopied(...parts)];
        if (kinds[i] === "prompt") {
          const [text] = line.children[0].children;
          text.value = text.value.slice(2);
          line.children.unshift(notCopied({ type: "text", value: "$ " }));
        }
        return parts;
      });
  },
};

/** Who uses phalanx does not look for these: they are in the group "Contribute", and not in the search. */
const CONTRIBUTE = {
  "/CONTRIBUTING": "Contributing",
  "/ARCHITECTURE": "Architecture",
  "/docs/testing": "Testing",
  "/docs/good-first-issues": "Good first issues",
  "/docs/dependencies": "Dependencies",
  "/docs/scorecard": "Scorecard",
  "/docs/how-to/release": "Make a release",
};

/** The first paragraph, as plain text: as many sentences or words as a search engine shows. */
function descriptionOf(markdown) {
  const paragraph = markdown.split(/\n{2,}/).find((block) => /^(?!```)[\p{L}*`_[]/u.test(block)) ?? "";
  const text = paragraph
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll(/\*\*|`|(?<!\w)_|_(?!\w)/g, "")
    .replaceAll(/\s+/g, " ")
    // VitePress writes it into an attribute as it is.
    .replaceAll(/"([^"]*)"/g, "“$1”");
  if (text.length <= 160) return text;
  return /^.{60,159}[.:](?= )/.exec(text)?.[0] ?? text.replace(/^(.{0,158}) .*$/, "$1…");
}

/** A shield. */
const ICON =
  "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'><path fill='#3451b2' d='M16 1 29 6v10c0 7-5 12-13 15C8 28 3 23 3 16V6z'/><path fill='none' stroke='#fff' stroke-width='3' d='M16 7v18M9 16h14'/></svg>";

const addressOf = (path) => `/${path.replace(/(\bindex)?\.md$/, "")}`;

/** A page as the search sees it. Some other files of the repository are of no use to a reader of the site, either. */
function searchable(src, env, markdown) {
  const page = addressOf(env.relativePath);
  return page in CONTRIBUTE || /^\/(\.|bench\/|CODE_OF_CONDUCT|CHANGELOG)/.test(page) ? "" : markdown.render(src, env);
}

export default defineConfig({
  title: "phalanx",
  description: "Keeps the secrets of Kubernetes applications in Vault: complete, checked, and safe to change.",
  head: [["link", { rel: "icon", type: "image/svg+xml", href: `data:image/svg+xml,${encodeURIComponent(ICON)}` }]],
  srcDir: "..",
  srcExclude: ["node_modules/**", "test/**", "dist/**", "coverage/**", "CLAUDE.md"],
  rewrites: { "README.md": "index.md", ":directory/README.md": ":directory/index.md" },
  markdown: {
    anchor: { slugify },
    codeTransformers: [copyCommands],
    config: readmeIsIndex,
    // Enough contrast for WCAG AA.
    theme: { light: "github-light-high-contrast", dark: "github-dark-default" },
  },
  transformPageData({ filePath, relativePath, frontmatter }, { siteConfig }) {
    const listed = siteConfig.site.themeConfig.sidebar.flatMap(({ items }) => items);
    const isListed = listed.some(({ link }) => link === addressOf(relativePath));
    return {
      description: descriptionOf(readFileSync(join(siteConfig.srcDir, filePath), "utf8")),
      // VitePress would lead to the first of the list.
      frontmatter: isListed ? frontmatter : { ...frontmatter, prev: false, next: false },
    };
  },
  themeConfig: {
    search: { provider: "local", options: { _render: searchable } },
    outline: [2, 3],
    notFound: {
      title: "Page not found",
      quote: "There is no page at this address. It may have moved: look for it in the overview, or search.",
      linkLabel: "Overview of the documentation",
      linkText: "Overview of the documentation",
    },
    nav: [
      { text: "Tutorial", link: "/docs/tutorial", activeMatch: "^/docs/tutorial" },
      {
        text: "How-to",
        link: "/docs/how-to/your-own-environment",
        activeMatch: "^/docs/how-to/(?!troubleshooting|release)",
      },
      {
        text: "Reference",
        link: "/docs/reference/cli",
        activeMatch: "^/(docs/(reference/|library)|CHANGELOG)",
      },
      {
        text: "Explanation",
        link: "/docs/explanation/design",
        activeMatch: "^/(docs/(explanation/|performance|reliability)|SECURITY)",
      },
      { text: "Troubleshooting", link: "/docs/how-to/troubleshooting" },
    ],
    socialLinks: [{ icon: "github", link: manifest.repository.url.replace(/^git\+|\.git$/g, "") }],
    sidebar: [
      {
        text: "Start",
        items: [
          { text: "Overview", link: "/" },
          { text: "Documentation", link: "/docs/" },
          { text: "Tutorial, part 1", link: "/docs/tutorial" },
          { text: "Tutorial, part 2", link: "/docs/tutorial-2" },
        ],
      },
      {
        text: "Set up",
        items: pages("how-to/", {
          install: "Install and verify",
          "your-own-environment": "Your own environment",
          "first-install": "First install",
          "log-in": "Log in",
          terminal: "Terminal and scripts",
          "move-from-the-original": "Move from the original",
          upgrade: "Upgrade",
        }),
      },
      {
        text: "Work with secrets",
        items: pages("how-to/", {
          sync: "Plan, sync and audit",
          "add-a-secret": "Add a secret",
          "secrets-yaml": "Write secrets.yaml",
          "static-sources": "Static secrets: sources",
          onepassword: "Static secrets: 1Password",
          "encrypted-files": "Static secrets: age and SOPS",
          lint: "Check before a merge",
          "review-a-change": "Review a change",
        }),
      },
      {
        text: "When something happens",
        items: pages("how-to/", {
          troubleshooting: "Troubleshooting",
          restore: "Undo a change (restore)",
          "rotate-after-a-leak": "Rotate after a leak",
          "follow-a-rotation": "Follow a rotation",
          "which-pods": "Which pods use a secret?",
          "vault-lost": "When Vault is lost",
        }),
      },
      {
        text: "Pipelines and clusters",
        items: pages("how-to/", {
          ci: "GitHub Actions",
          cluster: "In the cluster",
          "cluster-rights": "Rights in the cluster",
          fleet: "All environments",
        }),
      },
      {
        text: "Reference",
        items: [
          ...pages("reference/", {
            cli: "Commands",
            "secrets-yaml": "secrets.yaml",
            "phalanx-yaml": "phalanx.yaml",
            questions: "When phalanx asks",
            "exit-status": "Exit status",
            "environment-variables": "Environment variables",
            json: "JSON formats",
            schemas: "Plan files and reports",
            diagnostics: "Diagnostics",
            differences: "Differences from the original",
            platforms: "Platforms",
            glossary: "Glossary",
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
          ...pages("", { performance: "Performance", reliability: "Reliability" }),
          { text: "Security", link: "/SECURITY" },
        ],
      },
      {
        text: "Contribute",
        items: Object.entries(CONTRIBUTE).map(([link, text]) => ({ text, link })),
      },
    ],
  },
});
