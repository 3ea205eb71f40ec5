import type { ReactElement } from 'react';
import type { Accuracy, ThirdAccuracy, WeekAccuracy } from '../api/prediction-shapes.js';
import { Icon } from '../parts/icon.js';
import { counted } from '../parts/quantity.js';
import { improvementText, scoreBars, shareText, verdictOf, type ScoreBar } from './accuracy-words.js';

/** The score with what plain rules would have come to beside it, and whether it got better. */
export function ScoreCard({ accuracy }: { readonly accuracy: Accuracy }): ReactElement {
  const { score, verdict, scored, improvement, thirds, weeks } = accuracy;
  const mark = verdictOf(verdict);
  return (
    <section className="card score-card" aria-label="Score">
      <div className={`score tone-${mark?.tone ?? 'calm'}`}>
        <strong>{shareText(score)}</strong>
        <span className="score-words">
          of predicted durations at most a quarter off
          {mark !== null && (
            <span className={`standing severity tone-${mark.tone}`} title={mark.note}>
              <span className="glyph">
                <Icon name={mark.icon} />
              </span>
              {mark.word}
            </span>
          )}
        </span>
        <span className="muted">{counted(scored, 'prediction')} held against what happened</span>
      </div>
      <Bars bars={scoreBars(accuracy)} />
      <div className="score-time">
        {improvement !== null && <h3>{improvementText(improvement)}</h3>}
        <Thirds thirds={thirds} />
        <Weeks weeks={weeks} />
      </div>
    </section>
  );
}

function Bars({ bars }: { readonly bars: readonly ScoreBar[] }): ReactElement | null {
  if (bars.length === 0) return null;
  return (
    <div className="score-bars">
      <h3>Beside plain rules</h3>
      <ul>
        {bars.map(({ name, share, isOurs }) => (
          <li key={name} className={isOurs ? 'is-ours' : undefined}>
            <span>{name}</span>
            <span className="duration-bar" aria-hidden="true">
              <span style={{ width: `${String(share * 100)}%` }} />
            </span>
            <span className="number">{shareText(share)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

const thirdWords = ['First third', 'Second third', 'Last third'];

function Thirds({ thirds }: { readonly thirds: readonly ThirdAccuracy[] }): ReactElement | null {
  if (thirds.length === 0) return null;
  return (
    <dl className="thirds">
      {thirds.map(({ third, count, within_25: share }) => (
        <div key={third} title={counted(count, 'prediction')}>
          <dt>{thirdWords[third - 1] ?? third}</dt>
          <dd>{shareText(share)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** One column a week: how many durations were at most a quarter off. */
function Weeks({ weeks }: { readonly weeks: readonly WeekAccuracy[] }): ReactElement | null {
  const shown = weeks.filter(({ target }) => target === 'duration').sort((left, right) => (left.week < right.week ? -1 : 1)).slice(-26);
  if (shown.length < 2) return null;
  const said = shown.map(({ week, within_25: share, count }) => `${week}: ${shareText(share)} of ${String(count)}`);
  return (
    <figure className="weeks" role="img" aria-label={`By week. ${said.join('; ')}`}>
      {shown.map(({ week, within_25: share }, index) => (
        <span key={week} title={said[index]}>
          <span style={{ height: `${String((share ?? 0) * 100)}%` }} />
        </span>
      ))}
    </figure>
  );
}
