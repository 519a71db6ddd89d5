/**
 * The canvas component's interface: `mount(element, data, options)` in seal_view.js.
 *
 * Millimetres lie on the reference seal: x to the right, y down, origin at the seal's centre.
 * Pictures are URIs that the page's policy lets an <img> load; the report embeds data URIs.
 */

export type Language = "en" | "zh";
export type Mode =
  | "side" | "overlay" | "transparent" | "blink" | "fold" | "difference" | "arrows";
/** What a picture of a seal is made of: the colour scan, or the ink that the engine measured. */
export type Source = "photo" | "ink";
/** What the arrow keys move. */
export type KeyTarget = "fold" | "level" | "lens" | "rulerStart" | "rulerEnd" | "pan";

/** One impression on the reference's grid. */
export interface Impression {
  /** Grey picture, widthPx by heightPx; white (255) is a full stroke, black (0) is bare paper. */
  ink: string;
  /** Colour picture of the same frame at any resolution; null where there is none. */
  photo: string | null;
}

/** Where a region's strokes lie, and how far from where the reference has them. */
export interface Arrow {
  xMm: number;
  yMm: number;
  dxMm: number;
  dyMm: number;
}

/** What a measured fold says of the strokes that cross it; `atMm` along the line, from the point nearest to the centre. */
export interface FoldMarks {
  /** As `foldAngleDeg` and `foldOffsetMm` of the state. */
  angleDeg: number;
  offsetMm: number;
  strokes: { atMm: number; status: string }[];
}

export interface SealData {
  version: 1;
  widthPx: number;
  heightPx: number;
  pxPerMm: number;
  reference: Impression;
  /** null when nothing was aligned: then only the reference can be shown. */
  moving: Impression | null;
  /** Grey pictures like `ink`: unknown because covered; ink without a stroke; strokes without ink. */
  covered: string | null;
  extra: string | null;
  missing: string | null;
  arrows: Arrow[];
  /** Folds whose strokes are marked when the fold line lies there; none when left out. */
  folds?: FoldMarks[];
  /** The reference's outline. */
  hullMm: [number, number][];
  /** Whether the alignment can be believed; where not, the component says so, draws no arrows and does not fold. */
  trusted: boolean;
}

export interface State {
  mode: Mode;
  language: Language;
  /** 1 shows the whole seal. */
  zoom: number;
  /** The point of the seal at the middle of the view. */
  centreXMm: number;
  centreYMm: number;
  /** Of the fold line, clockwise from the x axis, in [0, 180). */
  foldAngleDeg: number;
  /** From the seal's centre along the line's normal, which is the line turned clockwise by 90°. */
  foldOffsetMm: number;
  /** Which half is the moving seal: 1 on the normal's side of the line, -1 on the other. */
  movingSide: 1 | -1;
  foldGuide: boolean;
  /** 0 shows the reference alone, 1 the moving seal alone. */
  level: number;
  blinkHz: number;
  blinking: boolean;
  blinkPhase: 0 | 1;
  arrowScale: number;
  lens: boolean;
  lensPower: number;
  lensXMm: number;
  lensYMm: number;
  grid: boolean;
  ruler: boolean;
  rulerX0Mm: number;
  rulerY0Mm: number;
  rulerX1Mm: number;
  rulerY1Mm: number;
  sideSource: Source;
  transparentSource: Source;
  blinkSource: Source;
  foldSource: Source;
  keyTarget: KeyTarget;
}

export interface Options {
  language?: Language;
  /** First values of the state; anything that is left out takes its default. */
  state?: Partial<State>;
  /** Called after every change with the new state, e.g. to record which displays were looked at. */
  onChange?: (state: Readonly<State>) => void;
}

export interface SealView {
  /** Settled when the pictures are decoded and drawn; rejected when one cannot be decoded. */
  ready: Promise<void>;
  /** Change any part of the state. Throws RangeError for a value that means nothing. */
  show(change: Partial<State>): void;
  state(): Readonly<State>;
  /** Remove the component and every listener that it added. */
  destroy(): void;
}

/** A rectangle of the canvas, CSS pixels. */
export interface Pane {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Where the seal lies on the canvas: screen = (x, y) + scale * mm. */
export interface Frame {
  x: number;
  y: number;
  scale: number;
}

export type Drawable = HTMLCanvasElement | HTMLImageElement;

/** Every picture, decoded and coloured once. */
export interface Pictures {
  referencePhoto: Drawable | null;
  movingPhoto: Drawable | null;
  referenceRed: Drawable;
  movingRed: Drawable | null;
  referenceBlue: Drawable;
  movingOrange: Drawable | null;
  referencePale: Drawable;
  covered: Drawable | null;
  heat: Drawable | null;
}

/** The state and those who must know when it changes. */
export interface Store {
  get(): Readonly<State>;
  set(change: Partial<State>): void;
  subscribe(listener: (state: Readonly<State>) => void): void;
}
