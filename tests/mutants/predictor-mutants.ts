/** A small change of the predictor that makes its tables wrong. */
export interface PredictorMutant {
  /** What is wrong then. */
  readonly what: string;
  /** The file in table/predict, without its ending. */
  readonly file: string;
  /** A piece of it that is there once, and what takes its place. */
  readonly from: string;
  readonly to: string;
}

/** One for each rule by which the kernel propagates, clones and unmounts. */
export const predictorMutants: readonly PredictorMutant[] = [
  {
    what: "unbindable mounts are cloned",
    file: "copy-tree",
    from: "child.isUnbindable || !has(child)",
    to: "!has(child)",
  },
  {
    what: "a clone that is not recursive has what is below its source",
    file: "clone",
    from: "recursive && isWithin(target, path)",
    to: "isWithin(target, path)",
  },
  {
    what: "attributes count on all levels alike",
    file: "clone",
    from: 'isTop ? "top" : "below"',
    to: '"top"',
  },
  {
    what: "peers get no copies",
    file: "propagate",
    from: "if (peer !== this.#parent)",
    to: "if (peer === this.#parent)",
  },
  {
    what: "who follows a group of slaves gets no copies",
    file: "propagate",
    from: "this.#spreadToSlaves(group, first ?? source);",
    to: "",
  },
  {
    what: "what is attached to a shared mount stays private",
    file: "propagate",
    from: "makeShared(namespace.groups, tree);",
    to: "",
  },
  {
    what: "a copy covers what is there already",
    file: "propagate",
    from: "if (covering)",
    to: "if (!covering && false)",
  },
  {
    what: "a mount gets copies of what it does not show",
    file: "propagate",
    from: "if (!isWithin(inside, mount.root))",
    to: "if (false)",
  },
  {
    what: "an unmount reaches no copies",
    file: "unmount",
    from: "if (copy && !ended.has(copy))",
    to: "if (copy && ended.has(copy))",
  },
  {
    what: "an unmount takes copies on which something else is mounted",
    file: "unmount",
    from: "keepNeeded(copies, ended);",
    to: "",
  },
  {
    what: "who followed a group that is gone follows nothing",
    file: "groups",
    from: "this.follow(slave, master);",
    to: "this.follow(slave, 0);",
  },
  {
    what: "a guard that exists is not made unbindable again",
    file: "steps",
    from: "guard.isUnbindable = true;",
    to: "",
  },
  {
    what: "the kernel's own filesystems are shared",
    file: "sandbox",
    from: "isKernelFilesystem(mount.filesystem) || isCopyOfGuard(mount)",
    to: "isCopyOfGuard(mount)",
  },
  {
    what: "a view is writable",
    file: "steps",
    from: 'view.attributes = attributesAfter(view.attributes, ["ro"], "top");',
    to: "",
  },
  {
    what: "a plan that fails is not undone",
    file: "predict",
    from: "for (const { undo } of done.toReversed())",
    to: "for (const { undo } of [])",
  },
];
