/** The looks of a drawing, in light and dark. */
export const SVG_STYLE = `
svg { --page: #ffffff; --text: #1f2328; --dim: #59636e; --line: #6e7781; --box: #f6f8fa;
  --static: #9a6700; --generate: #1a7f37; --copy: #0969da; --template: #8250df; --fixed: #59636e; --absent: #cf222e; }
@media (prefers-color-scheme: dark) {
  svg { --page: #0d1117; --text: #f0f6fc; --dim: #9198a1; --line: #7d8590; --box: #151b23;
    --static: #d29922; --generate: #3fb950; --copy: #4493f8; --template: #ab7df8; --fixed: #9198a1; --absent: #f85149; }
}
.page { fill: var(--page); }
text { font: 12px ui-sans-serif, system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; fill: var(--text); }
.title { font-size: 15px; font-weight: 600; }
.what, .legend { fill: var(--dim); font-size: 11px; }
.node rect { fill: var(--box); stroke: var(--kind); stroke-width: 1.2; }
.node .bar { fill: var(--kind); stroke: none; }
.static { --kind: var(--static); } .generate { --kind: var(--generate); } .copy { --kind: var(--copy); }
.template { --kind: var(--template); } .fixed { --kind: var(--fixed); } .absent { --kind: var(--absent); }
.consumer { --kind: var(--text); }
.absent rect:not(.bar) { stroke-dasharray: 5 3; }
.absent .what, .cycle .what { fill: var(--absent); }
.edge { fill: none; stroke: var(--line); stroke-width: 1.4; marker-end: url(#arrow); }
.edge.derivation { stroke-dasharray: 7 3; }
.edge.part { stroke-width: 2.4; }
.edge.idle { stroke-dasharray: 1.5 4; opacity: 0.8; }
#arrow path { fill: var(--line); }
`;
