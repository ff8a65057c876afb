/**
 * What a changelog says of a version.
 *
 * @throws {RangeError} when it says nothing of it: nobody would know what changed
 */
export function notesOf(changelog: string, version: string): string {
  const sections = changelog.split(/^(?=## \[)/m);
  const own = sections.find((section) => section.startsWith(`## [${version}]`));
  const text = own?.replace(/^.*\n/, "").replace(/^\[[^\]]+\]: .*$/gm, "").trim() ?? "";
  if (text === "") {
    throw new RangeError(
      `CHANGELOG.md says nothing of "${version}": a section "## [${version}] - DATE" is wanted, ` +
        "made of what stands below [Unreleased]",
    );
  }
  return `${text}\n`;
}
