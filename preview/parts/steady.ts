import { Component } from "preact";

/** A component that is drawn again only if one of its properties is another one: of a thousand rows, a key stroke changes few. */
export abstract class Steady<Props extends object> extends Component<Props> {
  override shouldComponentUpdate(next: Readonly<Props>): boolean {
    const { props } = this;
    const names = Object.keys(next) as (keyof Props)[];
    return names.length !== Object.keys(props).length || names.some((name) => next[name] !== props[name]);
  }
}
