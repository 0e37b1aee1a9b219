/** What a gate's configuration names. */
export interface GateConfigurationOptions {
  /** The plugin's name, without its index. */
  readonly plugin: string;
  /** An annotation by which a pod or container is let through while the plugin is away. Whoever makes pods may write it. */
  readonly tolerateAnnotation?: string | undefined;
}

// What a key of TOML between quotes has without being escaped, and a plugin's name may have.
const name = /^[\w.\-/]{1,253}$/;

/**
 * What containerd's configuration needs so that a gate fails closed: without it, containers start while the plugin is away, or has just
 * died. containerd refuses them by its own validator then. The text is for versions 3 and 4 of the configuration, as a file of
 * /etc/containerd/conf.d, or at the end of /etc/containerd/config.toml.
 *
 * @throws {TypeError} for a name that a plugin or an annotation cannot have.
 *
 * @example
 * ```ts
 * import { gateConfiguration } from "guestshare/node";
 *
 * const lines = gateConfiguration({ plugin: "guestshare" }).split("\n");
 * console.log(lines.at(-2)); //   required_plugins = ["guestshare"]
 * ```
 */
export function gateConfiguration({ plugin, tolerateAnnotation }: GateConfigurationOptions): string {
  for (const value of [plugin, tolerateAnnotation])
    if (value !== undefined && !name.test(value))
      throw new TypeError(`Cannot write containerd's configuration: ${JSON.stringify(value)} is no name`);
  const tolerated = tolerateAnnotation && `  tolerate_missing_plugins_annotation = "${tolerateAnnotation}"`;
  return [
    "version = 3",
    "",
    '[plugins."io.containerd.nri.v1.nri".default_validator]',
    "  enable = true",
    ...(tolerated ? [tolerated] : []),
    `  required_plugins = ["${plugin}"]`,
    "",
  ].join("\n");
}
