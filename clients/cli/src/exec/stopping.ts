import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { UsageMeter } from './usage-meter.js';

/** Why a command was told to stop. */
export type StopReason = { readonly kind: 'signal'; readonly signal: NodeJS.Signals } | { readonly kind: 'timeout' };

const FORWARDED: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];
/** Ctrl-C and Ctrl-\ reach every process in the terminal's foreground, the command included. */
const FROM_KEYBOARD: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGQUIT']);
const KILL_AFTER_MS = 10_000;

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already.
  }
}

/** Whether this process runs in the foreground of a terminal: fields pgrp and tpgid of proc_pid_stat(5). */
function isInForeground(): boolean {
  try {
    const stat = readFileSync('/proc/self/stat', 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[2] === fields[5];
  } catch {
    return process.stdin.isTTY;
  }
}

/**
 * Passes signals on to the command and ends it after a time limit. What the command leaves behind when it was stopped this
 * way is stopped as well, so that a cancelled job leaves no orphans.
 */
export class Stopping {
  reason: StopReason | undefined;
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly listeners = new Map<NodeJS.Signals, () => void>();

  constructor(
    private readonly child: ChildProcess,
    private readonly meter: UsageMeter,
    timeoutSeconds: number | undefined,
  ) {
    for (const signal of FORWARDED) {
      const listener = () => this.forward(signal);
      this.listeners.set(signal, listener);
      process.on(signal, listener);
    }
    if (timeoutSeconds !== undefined) this.timers.push(setTimeout(() => this.expire(), timeoutSeconds * 1000));
  }

  /** To be called when the command has ended. */
  finish(): void {
    for (const timer of this.timers) clearTimeout(timer);
    if (this.reason !== undefined) this.sendToAll('SIGTERM');
  }

  /** Gives the signals their usual meaning back; until then they cannot end this process halfway through recording. */
  release(): void {
    for (const [signal, listener] of this.listeners) process.off(signal, listener);
  }

  private forward(signal: NodeJS.Signals): void {
    this.reason ??= { kind: 'signal', signal };
    // A second SIGINT makes many programs give up their orderly end.
    if (FROM_KEYBOARD.has(signal) && isInForeground()) return;
    if (this.child.pid === undefined || this.child.exitCode !== null || this.child.signalCode !== null) return;
    // Once the command has ended its children belong to nobody: those begun since the last look are found now or never.
    this.meter.alive();
    send(this.child.pid, signal);
  }

  private expire(): void {
    this.reason ??= { kind: 'timeout' };
    this.sendToAll('SIGTERM');
    this.timers.push(setTimeout(() => this.sendToAll('SIGKILL'), KILL_AFTER_MS));
  }

  private sendToAll(signal: NodeJS.Signals): void {
    const root = this.child.exitCode === null && this.child.signalCode === null && this.child.pid !== undefined ? [this.child.pid] : [];
    for (const pid of new Set([...root, ...this.meter.alive()])) send(pid, signal);
  }
}
