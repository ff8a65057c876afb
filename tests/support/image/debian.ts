import { run, runBytes } from "../run.ts";

/**
 * Debian packages of one suite, fetched with apt's own client into a cache of ours: neither the
 * machine's sources nor what is installed on it are touched.
 */
export class DebianSuite {
  readonly #suite: string;
  readonly #folder: string;
  #updated = false;

  /** @param suite such as `trixie` @param cache a folder that may be kept between runs */
  constructor(suite: string, cache: string) {
    this.#suite = suite;
    this.#folder = `${cache}/apt-${suite}`;
  }

  /** Fetches packages. @returns the files, in the order of the names */
  async download(names: readonly string[]): Promise<string[]> {
    await this.#update();
    const packages = `${this.#folder}/packages`;
    await run(["apt-get", ...this.#options(), "download", ...names], { cwd: packages });
    const { stdout } = await run([
      "apt-cache",
      ...this.#options(),
      "show",
      "--no-all-versions",
      ...names,
    ]);
    const versions = new Map<string, string>();
    for (const paragraph of stdout.split(/\n\n+/)) {
      const field = (name: string): string =>
        new RegExp(`^${name}: (.*)$`, "m").exec(paragraph)?.[1] ?? "";
      const file = `${field("Package")}_${field("Version").replaceAll(":", "%3a")}_${
        field("Architecture")
      }.deb`;
      versions.set(field("Package"), `${packages}/${file}`);
    }
    return names.map((name) => {
      const file = versions.get(name);
      if (file === undefined) throw new Error(`Cannot find ${name} in ${this.#suite}`);
      return file;
    });
  }

  /** What has to be installed for these packages, all they depend on included. */
  async closure(names: readonly string[]): Promise<string[]> {
    await this.#update();
    const { stdout } = await run([
      "apt-get",
      ...this.#options(),
      "--simulate",
      "--no-install-recommends",
      "install",
      ...names,
    ]);
    return [...stdout.matchAll(/^Inst (\S+)/gm)].map((match) => match[1] ?? "");
  }

  async #update(): Promise<void> {
    if (this.#updated) return;
    await Deno.mkdir(`${this.#folder}/lists/partial`, { recursive: true });
    await Deno.mkdir(`${this.#folder}/cache/archives/partial`, { recursive: true });
    await Deno.mkdir(`${this.#folder}/packages`, { recursive: true });
    await Deno.writeTextFile(`${this.#folder}/status`, "");
    await Deno.writeTextFile(`${this.#folder}/suite.sources`, await this.#sources());
    await run(["apt-get", ...this.#options(), "update"]);
    this.#updated = true;
  }

  /** The first source of this machine, with another suite: whatever mirror it uses serves us too. */
  async #sources(): Promise<string> {
    const folder = "/etc/apt/sources.list.d";
    for await (const entry of Deno.readDir(folder)) {
      if (!entry.name.endsWith(".sources")) continue;
      for (const stanza of (await Deno.readTextFile(`${folder}/${entry.name}`)).split(/\n\n+/)) {
        if (!/^URIs:.*\/debian\/?$/m.test(stanza)) continue;
        return stanza.replace(/^Suites:.*$/m, `Suites: ${this.#suite}`) + "\n";
      }
    }
    const list = await Deno.readTextFile("/etc/apt/sources.list").catch(() => "");
    const line = list.split("\n").find((one) => /^deb .*\/debian\/?\s/.test(one));
    if (line === undefined) throw new Error("Cannot find a Debian source among apt's sources");
    const [kind, ...rest] = line.split(/\s+/);
    const options = rest[0]?.startsWith("[") ? `${rest.shift()} ` : "";
    return deb822(kind ?? "deb", options, rest[0] ?? "", this.#suite);
  }

  #options(): string[] {
    return Object.entries({
      "Dir::Etc::SourceList": "/dev/null",
      "Dir::Etc::SourceParts": this.#folder,
      "Dir::State::Lists": `${this.#folder}/lists`,
      "Dir::State::status": `${this.#folder}/status`,
      "Dir::Cache": `${this.#folder}/cache`,
      "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled": "false",
      "Acquire::Languages": "none",
      "APT::Sandbox::User": "root",
      "APT::Get::List-Cleanup": "0",
    }).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
  }
}

function deb822(kind: string, options: string, uri: string, suite: string): string {
  const signed = /signed-by=([^\s\]]+)/.exec(options)?.[1];
  const key = signed ?? "/usr/share/keyrings/debian-archive-keyring.gpg";
  return `Types: ${kind}\nURIs: ${uri}\nSuites: ${suite}\nComponents: main\nSigned-By: ${key}\n`;
}

/** How dpkg's books are kept in an unpacked root: as dpkg does, or as distroless does. */
export type Books = "dpkg" | "status.d";

/**
 * Unpacks packages without running their scripts, and enters them into the books, so that
 * `dpkg-query -S` and scanners know whose a file is.
 */
export async function unpack(
  files: readonly string[],
  root: string,
  books: Books,
): Promise<void> {
  const info = `${root}/var/lib/dpkg/${books === "dpkg" ? "info" : "status.d"}`;
  await Deno.mkdir(info, { recursive: true });
  let status = "";
  for (const file of files) {
    const { stdout: archive } = await runBytes(["dpkg-deb", "--fsys-tarfile", file]);
    // A package's ./lib/ must go through the link of a merged /usr, not replace it.
    await run(["tar", "-x", "--keep-directory-symlink", "-C", root], { input: archive });
    const { stdout: control } = await run(["dpkg-deb", "--field", file]);
    const name = /^Package: (.*)$/m.exec(control)?.[1] ?? "";
    if (books === "status.d") {
      await Deno.writeTextFile(`${info}/${name}`, control);
      continue;
    }
    const architecture = /^Multi-Arch: same$/m.test(control)
      ? `:${/^Architecture: (.*)$/m.exec(control)?.[1] ?? ""}`
      : "";
    const { stdout: listing } = await run(["tar", "-t"], { input: archive });
    const paths = listing.split("\n").filter((path) => path !== "")
      .map((path) => path === "./" ? "/." : path.replace(/^\./, "").replace(/\/$/, ""));
    await Deno.writeTextFile(`${info}/${name}${architecture}.list`, paths.join("\n") + "\n");
    status += control.replace(/^Package: .*$/m, "$&\nStatus: install ok installed") + "\n";
  }
  if (books === "dpkg") {
    // The format in which the lists of Multi-Arch packages bear their architecture.
    await Deno.writeTextFile(`${info}/format`, "1\n");
    await Deno.writeTextFile(`${root}/var/lib/dpkg/status`, status);
  }
}
