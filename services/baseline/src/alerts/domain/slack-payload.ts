import { headline, kindWord, type AlertMessage } from './alert-message.js';
import type { Alert, Severity } from './alertable-anomaly.js';
import { plainLine } from './plain-text.js';

/** A message of Slack has 50 blocks at most: the header and as many alerts. */
export const mostSlackAlerts = 45;

const mark: Readonly<Record<Severity, string>> = { info: ':information_source:', warning: ':warning:', critical: ':red_circle:' };

/**
 * A message for an incoming webhook of Slack, and of those that take the same form (Mattermost, Rocket.Chat, Discord's /slack).
 *
 * Source: Slack, "Formatting text for app surfaces" (escaping) and "Blocks" (lengths).
 */
export function slackBody(message: AlertMessage): string {
  const title = headline(message);
  return JSON.stringify({
    text: escapeSlack(title),
    blocks: [
      // A header is plain text, in which nothing is a link or a mention.
      { type: 'header', text: { type: 'plain_text', text: title, emoji: false } },
      ...message.alerts.slice(0, mostSlackAlerts).map(sectionOf),
    ],
  });
}

// Together less than the 3,000 characters that a section may have.
const most = { title: 250, link: 800, text: 1000, number: 120, place: 400 } as const;

function sectionOf(alert: Alert): object {
  const { anomaly } = alert;
  const heading = `${mark[anomaly.severity]} *${titleOf(alert)}* (${kindWord(alert)})`;
  const numbers = (['expected', 'actual', 'deviation'] as const).flatMap((name) => {
    const value = anomaly[name];
    return value === null ? [] : [`${name} ${slackLine(value, most.number)}`];
  });
  const lines = [heading, slackLine(anomaly.text, most.text), numbers.join(', '), slackLine(placeOf(alert), most.place)].filter((line) => line !== '');
  return { type: 'section', text: { type: 'mrkdwn', text: lines.join('\n'), verbatim: true } };
}

function titleOf({ anomaly }: Alert): string {
  const title = slackLine(anomaly.title, most.title);
  const link = anomaly.url === null ? '' : linkOf(anomaly.url);
  return link === '' || link.length > most.link ? title : `<${link}|${title.replaceAll('|', '¦')}>`;
}

function placeOf({ anomaly }: Alert): string {
  return `${anomaly.workflow}${anomaly.task === null ? '' : ` / ${anomaly.task}`}, ${anomaly.type}, ${new Date(anomaly.detected_at_ms).toISOString()}`;
}

/** @param mostCharacters as sent, escapes included */
function slackLine(text: string, mostCharacters: number): string {
  const escaped = escapeSlack(plainLine(text, mostCharacters));
  return escaped.length <= mostCharacters ? escaped : `${escaped.slice(0, mostCharacters - 1).replace(/&[a-z]*$/, '')}…`;
}

/** The three characters that begin mentions, links and entities. */
function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** A link ends at | or >; escaped for a URL, they do not. */
function linkOf(url: string): string {
  return escapeSlack(plainLine(url, 2000).replaceAll('|', '%7C').replaceAll('<', '%3C').replaceAll('>', '%3E').replaceAll(' ', '%20'));
}
