import { markdownBlocks } from "../../.ci/docs/markdown_blocks.ts";

/** The anchors that GitHub gives the headings of a page. */
export function headingAnchors(text: string): string[] {
  return markdownBlocks(text).flatMap((block) =>
    block.kind === "heading"
      ? [block.text.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-")]
      : []
  );
}
