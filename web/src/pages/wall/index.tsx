/** The wall: at most six big numbers against their targets, to be read at six metres. No caller's number is here. */

import './wall.css';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { ask, useToken } from '../../api/client';
import { session, type User } from '../../api/session';
import type { Level } from '../../live/hysteresis';
import { connection, isStale, picture, rowsOf, serverNow, useLive } from '../../live/now';
import { type HealthRow, type QueueRow, typed } from '../../live/rows';
import { clockFace, elapsedS } from '../../live/server_clock';
import { ConnectionBadge } from '../../parts/connection';
import { count, percent } from '../../parts/figures';
import { HealthOfWall } from '../../parts/health';
import { Icon } from '../../parts/icon';
import { useSettled } from '../../parts/settled';
import { asked, go } from '../../router';
import { words } from '../../words';
import { useNewBuild, useWakeLock } from './awake';
import { ABANDONED_TARGET, type Board, boardsOf, levelsOf, turnOf, unknownOf } from './boards';

const EACH_S = 15;
const token = new URLSearchParams(window.location.hash.slice(1)).get('token') ?? '';
if (token !== '') useTokenOfTheWall();

/** The token stays behind the `#`: it is sent to no server with the address, and stands in no log. */
function useTokenOfTheWall(): void {
  useToken(token);
  ask<{ user: User } | User>('GET', '/me').then(
    (told) => {
      session.value = 'user' in told ? told.user : told;
    },
    () => undefined,
  );
}

export default function Wall() {
  useLive(['queues', 'status']);
  useWakeLock();
  useNewBuild();
  useEffect(() => {
    document.documentElement.classList.add('has-wall');
    const leave = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && token === '') go('/');
    };
    document.addEventListener('keydown', leave);
    return () => {
      document.removeEventListener('keydown', leave);
      document.documentElement.classList.remove('has-wall');
    };
  }, []);
  const said = words.value.wall;
  const queueRows = rowsOf('queues');
  const status = rowsOf('status').now as HealthRow | undefined;
  const only = asked.value.get('queues') ?? '';
  const names = useMemo(() => only.split(',').filter((name) => name !== ''), [only]);
  const boards = useMemo(() => boardsOf(typed<QueueRow>(queueRows), status, names), [queueRows, status, names]);
  const [began] = useState(() => performance.now());
  const eachS = Math.max(3, Number(asked.value.get('seconds')) || EACH_S);
  void serverNow.value; // once a second: the next board, and the clock
  const turn = turnOf(boards.length, (performance.now() - began) / 1000, eachS);
  const board = boards[turn];
  if (connection.value === 'refused') return <p class="wall-said">{token === '' ? said.needsToken : said.noAccess}</p>;
  const unknown = picture.value.complete ? unknownOf(typed<QueueRow>(queueRows), names) : [];
  if (board === undefined && unknown.length > 0) return <p class="wall-said">{said.noQueue(unknown.join(', '))}</p>;
  if (!picture.value.complete || board === undefined)
    return <p class="wall-said">{words.value.connection.connecting}</p>;
  return (
    <main id="content" class={isStale.value ? 'wall is-stale' : 'wall'}>
      <header>
        <h1>{board.name ?? said.all}</h1>
        <Dots count={boards.length} turn={turn} />
        <ConnectionBadge />
        <Clock />
      </header>
      <HealthOfWall />
      {unknown.length > 0 && (
        <p class="alarm" role="alert">
          {said.noQueue(unknown.join(', '))}
        </p>
      )}
      <Tiles key={board.name ?? ''} board={board} />
    </main>
  );
}

function Tiles({ board }: { readonly board: Board }) {
  const { tiles, against } = words.value.wall;
  const longestS = elapsedS(board.oldestSince, serverNow.value);
  const levels = levelsOf(board, longestS);
  const { today } = board;
  return (
    <div class="tiles">
      <Tile
        name={tiles.waiting}
        value={count(board.waiting)}
        level={levels.waiting}
        against={against.waiting(board.free)}
      />
      <Tile
        name={tiles.longest}
        value={clockFace(longestS)}
        level={levels.longest}
        isHeld={false}
        against={against.longest(clockFace(board.targetS), board.longestIn)}
      />
      <Tile
        name={tiles.level}
        value={percent(today?.service_level)}
        level={levels.level}
        against={against.level(percent(board.levelPercent / 100))}
      />
      <Tile name={tiles.free} value={count(board.free)} level={levels.free} against={against.free(board.available)} />
      <Tile
        name={tiles.abandoned}
        value={percent(today?.abandon_rate)}
        level={levels.abandoned}
        against={against.abandoned(percent(ABANDONED_TARGET))}
      />
      <Tile
        name={tiles.answered}
        value={count(today?.answered)}
        level="unknown"
        against={against.answered(today?.offered ?? 0)}
      />
    </div>
  );
}

interface TileProps {
  readonly name: string;
  readonly value: string;
  readonly level: Level;
  readonly against: string;
  /** A bad level stays for a while; not where whoever was the reason is gone. */
  readonly isHeld?: boolean;
}

function Tile({ name, value, level, against, isHeld = true }: TileProps) {
  const settled = useSettled(level);
  const shown = isHeld ? settled : level;
  const [number = '', unit] = value.split(' ');
  const isTold = shown === 'watch' || shown === 'bad';
  return (
    <section class={`tile tone-${shown}`} aria-label={name}>
      <h2>{name}</h2>
      <p class={`big number length-${Math.min(7, number.length + (unit === undefined ? 0 : 2))}`}>
        {number}
        {unit !== undefined && <span class="unit"> {unit}</span>}
      </p>
      <p class="against">
        {isTold && (
          <span class="word">
            <Icon name={shown} />
            {words.value.level[shown]}
          </span>
        )}
        <span>{against}</span>
      </p>
    </section>
  );
}

function Dots({ count: all, turn }: { readonly count: number; readonly turn: number }) {
  if (all < 2) return null;
  return (
    <span class="dots" role="img" aria-label={`${turn + 1} / ${all}`}>
      {Array.from({ length: all }, (_, index) => (
        <span key={index} class={index === turn ? 'dot is-on' : 'dot'} />
      ))}
    </span>
  );
}

function Clock() {
  const now = serverNow.value;
  if (now === null) return null;
  return (
    <time class="clock">
      {new Date(now * 1000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hour12: false })}
    </time>
  );
}
