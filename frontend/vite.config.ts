// What every page loads, and the choice of theme, which must run before a page is drawn. Django names the files by their
// content when they are collected, so the names here are plain.
import { purgeCSSPlugin as purge } from "@fullhuman/postcss-purgecss";
import { defineConfig } from "vite";

// Words in templates, widgets and scripts; a class that stands in none of them is left out of the style sheet.
const USED_IN = ["../src/linli/**/templates/**/*.html", "../src/linli/**/*.py", "./src/**/*.ts"];
// Django writes these inputs itself.
const WRITTEN_BY_DJANGO = ["radio", "checkbox", "file", "date", "number", "text", "password", "search", "hidden"]
  .map((type) => `<input type="${type}" checked disabled required multiple>`)
  .join("");

export default defineConfig({
  base: "./",
  publicDir: false,
  css: {
    postcss: {
      plugins: [
        purge({
          content: [...USED_IN, { raw: WRITTEN_BY_DJANGO, extension: "html" }],
          safelist: { greedy: [/maplibregl/, /data-bs-theme/, /^:/, /swatch/], standard: ["html", "body"] },
          variables: false,
        }),
      ],
    },
  },
  build: {
    outDir: "../src/linli/ui/static/ui/built",
    emptyOutDir: true,
    target: "es2022",
    cssCodeSplit: true,
    chunkSizeWarningLimit: 1200, // the map, which only pages with a map ask for
    rollupOptions: {
      input: { app: "src/app.ts", theme: "src/theme.ts", portal: "src/portal.ts", board: "src/board.ts", recut: "src/recut.ts" },
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "[name].js",
        assetFileNames: "[name][extname]",
      },
    },
  },
  worker: { format: "es", rollupOptions: { output: { entryFileNames: "[name].js" } } },
  test: { environment: "node", include: ["src/**/*.test.ts"] },
} as Parameters<typeof defineConfig>[0]);
