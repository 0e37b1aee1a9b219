/**
 * Pictures of how storage is laid out: from plans, or from the sandboxes of a mount table, to three columns of rows and the
 * curves between them. Pure, as `guestshare` is: it touches nothing, and the same input gives the same picture.
 *
 * This module is browser compatible.
 * @module
 */

export { escaped } from "./escaped.ts";
export { type CurveKind, curveKinds, type Mark, type Trait, traits } from "./marks.ts";
export type { Column, Curve, Picture, Row, RowDetails, RowKind, Rule } from "./picture.ts";
export { type PlanToDraw, pictureOfPlans } from "./plan/picture-of-plans.ts";
export { sentenceOf } from "./sentences.ts";
export { curvePath, loopPath, type Point } from "./svg/curve-path.ts";
export { type SvgOptions, svgOf } from "./svg/svg-of.ts";
export { pictureOfTable } from "./table/picture-of-table.ts";
