/**
 * Whether an option of a Dataset is Fluid's own, such as `fluid.fuse.hostvolume`: it is no key of
 * Curvine's, and nobody has to be warned of it.
 *
 * Source: Fluid, The runtime config file.
 */
export function isFluidOption(name: string): boolean {
  return name.startsWith("fluid.");
}
