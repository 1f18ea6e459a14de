import type { Row } from '../platform/database/rows.js';
import type { SyncRun } from '../project-doc/sync-run.entity.js';

/** Standard error, as far as it matters here. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Tells how a sync goes: on a terminal one line that is drawn again and again, elsewhere a line now and then. */
export interface Progress {
  /** What goes on before there is anything to count. */
  begin(what: string): void;
  show(run: Row<SyncRun>): void;
  /** Once a second: time passes, whether or not anything moves. */
  tick(): void;
  /** Something of its own, such as a line of the log; whole lines. */
  print(text: string): void;
  /** The last line; once. Nothing where nothing has begun. */
  end(outcome: string): void;
}

/** Lines that are not drawn over: for each tenth, but not faster than this; and whatever happens, after this long. */
const QUIET_MS = 2_000;
const SILENT_MS = 30_000;
const BAR_WIDTH = 16;
const DEFAULT_COLUMNS = 80;

export function createProgress(screen: Screen, now: () => number = Date.now): Progress {
  const startedAt = now();
  const state = () => `${what}  ${formatDuration(now() - startedAt)}`;
  let what = '';
  let isEnded = false;
  let counted: Row<SyncRun> | null = null;
  return screen.isTTY ? onTerminal() : inLines();

  function onTerminal(): Progress {
    let drawn = 0;
    const draw = (): void => {
      const share = counted ? `${isEnded ? '' : barOf(shareOf(counted))}${percent(shareOf(counted))}  ` : '';
      const line = `${share}${state()}`.slice(0, (screen.columns || DEFAULT_COLUMNS) - 1);
      // Spaces instead of an escape code: that works everywhere.
      screen.write(`\r${line.padEnd(drawn)}`);
      drawn = line.length;
    };
    return {
      begin: (text) => (moveTo(text, null), draw()),
      show: (run) => (moveToRun(run), draw()),
      tick: draw,
      print(text) {
        if (isEnded) return void screen.write(text);
        screen.write(`\r${' '.repeat(drawn)}\r${text}`);
        draw();
      },
      end(outcome) {
        if (what === '') return;
        what += `  ${outcome}`;
        isEnded = true;
        draw();
        screen.write('\n');
      },
    };
  }

  function inLines(): Progress {
    let tenths = 0;
    let saidAt = startedAt;
    const say = (): void => {
      saidAt = now();
      screen.write(`${counted ? `${percent(shareOf(counted))}  ` : ''}${state()}\n`);
    };
    return {
      begin: (text) => (moveTo(text, null), say()),
      show(run) {
        moveToRun(run);
        const reached = Math.floor(shareOf(run) * 10);
        if (reached <= tenths || run.finishedAt || now() - saidAt < QUIET_MS) return;
        tenths = reached;
        say();
      },
      tick: () => void (now() - saidAt >= SILENT_MS && say()),
      print: (text) => void screen.write(text),
      end(outcome) {
        if (what === '') return;
        what += `  ${outcome}`;
        say();
      },
    };
  }

  function moveTo(text: string, run: Row<SyncRun> | null): void {
    what = text;
    counted = run;
  }

  function moveToRun(run: Row<SyncRun>): void {
    if (run.filesTotal > 0) moveTo(countsOf(run), run);
    else moveTo(run.startedAt ? 'Reading the repository' : 'Waiting', null);
  }
}

/** Also of a run that ended early: what it did not reach is not done. */
const shareOf = ({ filesProcessed, filesTotal }: Row<SyncRun>): number =>
  filesTotal === 0 ? 0 : filesProcessed / filesTotal;

function barOf(share: number): string {
  const filled = Math.floor(share * BAR_WIDTH);
  return `[${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}] `;
}

/** Only what is wholly done is 100 %. */
const percent = (share: number): string => `${Math.floor(share * 100)} %`.padStart(5);

function countsOf({ filesProcessed, filesTotal, chunksEmbedded }: Row<SyncRun>): string {
  return `${formatNumber(filesProcessed)}/${formatNumber(filesTotal)} files  ${formatNumber(chunksEmbedded)} passages embedded`;
}

export const formatNumber = (value: number): string => value.toLocaleString('en');

/** Whole seconds, as clocks show them: 0:07, 12:30, 1:00:00. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const twoDigits = (value: number): string => String(value).padStart(2, '0');
  return hours > 0
    ? `${hours}:${twoDigits(minutes)}:${twoDigits(seconds % 60)}`
    : `${minutes}:${twoDigits(seconds % 60)}`;
}
