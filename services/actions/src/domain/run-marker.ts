/**
 * The router-side half of "never twice": a directory named after the run, made by `mkdir` (which only one can win), in
 * which a detached job leaves its result. Texts of the scripts that go to `sh -s`, and readers of what they answer.
 * Only what OpenWrt's default busybox has is used; all of it is in RAM (/tmp), so nothing wears the flash.
 */
import { commandLine, quoteArgument } from './shell-quote.js';

/** One command of a run: its arguments, and what it reads from standard input (nothing where absent). */
export interface Command {
  argv: readonly string[];
  input?: string;
}

/** What the router tells about itself before anything is changed. */
export interface RouterProbe {
  /** Our address as the router sees it, and the address at which we reached it; null where sshd does not say. */
  controllerAddress: string | null;
  routerAddress: string | null;
  /** All addresses of the router's interfaces, without prefix lengths. */
  ownAddresses: string[];
  bootId: string;
  uptimeSeconds: number;
  /** Those of `PROBED_TOOLS` that are there. */
  tools: string[];
}

/** Answer to "what happened to this run?". */
export interface MarkerReport {
  state: 'absent' | 'running' | 'ended' | 'died';
  /** True where the marker was made before the router's last boot (its RAM disk survived, which is not usual). */
  otherBoot: boolean;
  uptimeSeconds: number;
  /** Of an ended run: 124 where the limit ended it. */
  exitCode: number | null;
  /** True once the outputs are whole; a grandchild that holds them open keeps it false. */
  isOutputComplete: boolean;
  stdout: Uint8Array;
  stderr: Uint8Array;
}

export type ClaimAnswer = 'claimed' | 'taken' | 'refused';

/** Exit code that the limit on the router leaves. */
export const LIMIT_EXIT_CODE = 124;
const DIRECTORY = '/tmp/opmas';
const PROBED_TOOLS = ['nft', 'start-stop-daemon', 'setsid'] as const;
const RUN_ID = /^[a-z0-9-]{1,80}$/;
const END = 'opmas end';

function checkedRunId(runId: string): string {
  if (!RUN_ID.test(runId)) throw new Error(`"${runId}" is no run id`);
  return runId;
}

/** A script is a function that is called in its last line: one that arrives in part does nothing. */
function whole(body: string): string {
  return `opmas_main() {\n${body}\n}\nopmas_main\n`;
}

export function probeScript(): string {
  return whole(`read b </proc/sys/kernel/random/boot_id; read u r </proc/uptime
echo "boot=$b"; echo "uptime=$u"; echo "ssh=$SSH_CONNECTION"
for t in ${PROBED_TOOLS.join(' ')}; do command -v "$t" >/dev/null 2>&1 && echo "tool=$t"; done
ip -o addr 2>/dev/null | while read n i f a r; do echo "addr=$a"; done
echo "${END}"`);
}

/** Null where the answer is not whole. */
export function parseProbe(answer: string): RouterProbe | null {
  const lines = answer.split('\n');
  if (!lines.includes(END)) return null;
  const values = (name: string): string[] =>
    lines.filter((line) => line.startsWith(`${name}=`)).map((line) => line.slice(name.length + 1));
  const [client, , server] = (values('ssh')[0] ?? '').split(' ');
  return {
    controllerAddress: client ? client : null,
    routerAddress: server ? server : null,
    ownAddresses: values('addr').map((address) => address.replace(/\/.*$/, '')),
    bootId: values('boot')[0] ?? '',
    uptimeSeconds: Number(values('uptime')[0] ?? Number.NaN),
    tools: values('tool'),
  };
}

/** The job itself: runs `cmd`, keeps its outputs up to a limit, leaves its exit code by a link that only one can make. */
const JOB = `d=$1; lim=$2; max=$3; group=$4; echo $$ >"$d/self"
keep() { head -c "$max" >"$1"; cat >/dev/null; }
leave() { echo "$2" >"$d/rc.$1"; ln "$d/rc.$1" "$d/rc" 2>/dev/null; }
( sleep "$lim"; leave limit ${LIMIT_EXIT_CODE} || exit 0
  if [ "$group" = 1 ]; then kill -KILL -"$(awk '{print $5}' /proc/$$/stat)"
  else read p <"$d/job"; kill -KILL "$p"; fi ) </dev/null >/dev/null 2>&1 3>&- &
w=$!
{ { sh -c 'echo $$ >"$1/job"; exec sh "$1/cmd" "$1"' sh "$d" 2>&1 >&3 3>&-; leave own $?; } | keep "$d/err"; } 3>&1 | keep "$d/out"
: >"$d/done"
kill -KILL "$w" 2>/dev/null
`;

function commandsScript(commands: readonly Command[]): string {
  const lines = commands.map((command, i) => `${commandLine(command.argv)} <"$1/in${i}" || exit $?`);
  return `${lines.join('\n')}\n`;
}

function writeFile(name: string, text: string): string {
  return `printf '%s' ${quoteArgument(text)} >"$d/${name}"`;
}

export interface ClaimOptions {
  runId: string;
  commands: readonly Command[];
  limitSeconds: number;
  /** Bytes kept of each of the two outputs; one more is kept, which tells that there was more. */
  maxOutputBytes: number;
}

/** Claims the run and starts its job, or says that it is taken. Markers older than a day are removed on the way. */
export function claimScript({ runId, commands, limitSeconds, maxOutputBytes }: ClaimOptions): string {
  const files = [
    writeFile('job.sh', JOB),
    writeFile('cmd', commandsScript(commands)),
    ...commands.map((command, i) => writeFile(`in${i}`, command.input ?? '')),
  ];
  const job = (group: 0 | 1): string => `"$d/job.sh" "$d" ${limitSeconds} ${maxOutputBytes + 1} ${group}`;
  return whole(`umask 077
d=${DIRECTORY}/${checkedRunId(runId)}
mkdir -p ${DIRECTORY} || { echo "opmas refused"; return; }
find ${DIRECTORY} -mindepth 1 -maxdepth 1 -type d -mtime +0 -exec rm -rf {} + 2>/dev/null
mkdir "$d" 2>/dev/null || { if [ -d "$d" ]; then echo "opmas taken"; else echo "opmas refused"; fi; return; }
cat /proc/sys/kernel/random/boot_id >"$d/boot"
{ ${files.join('\n')}
} || { rm -rf "$d"; echo "opmas refused"; return; }
if command -v start-stop-daemon >/dev/null 2>&1; then
  start-stop-daemon -S -b -m -p "$d/pid" -x /bin/sh -- ${job(1)}
elif command -v setsid >/dev/null 2>&1; then
  setsid sh ${job(1)} </dev/null >/dev/null 2>&1 & echo $! >"$d/pid"
else
  sh ${job(0)} </dev/null >/dev/null 2>&1 & echo $! >"$d/pid"
fi
i=0
until [ -s "$d/self" ] || [ "$i" -ge 2005 ]; do i=$((i+1)); [ "$i" -le 2000 ] || sleep 1; done
echo "opmas claimed"`);
}

/** Null where the answer is not whole: whether the run was claimed is then unknown. */
export function parseClaim(answer: string): ClaimAnswer | null {
  const match = /(?:^|\n)opmas (claimed|taken|refused)\n/.exec(answer);
  return match ? (match[1] as ClaimAnswer) : null;
}

/** Asks what happened to a run. The answer is a line of figures, then the two outputs, byte for byte. */
export function askScript(runId: string): string {
  return whole(`d=${DIRECTORY}/${checkedRunId(runId)}
read b </proc/sys/kernel/random/boot_id; read u r </proc/uptime
m=; c=-; p=; alive=0; whole=0; o=0; e=0; there=0
if [ -d "$d" ]; then
  there=1; read m <"$d/boot"
  for f in pid self; do
    [ -s "$d/$f" ] && read p <"$d/$f" && grep -q ${checkedRunId(runId)} "/proc/$p/cmdline" 2>/dev/null && alive=1
  done
  [ -e "$d/done" ] && whole=1
  [ -e "$d/rc" ] && read c <"$d/rc"
  [ -e "$d/out" ] && o=$(($(wc -c <"$d/out")))
  [ -e "$d/err" ] && e=$(($(wc -c <"$d/err")))
fi 2>/dev/null
same=0; [ "$m" = "$b" ] && same=1
echo "opmas there=$there same=$same alive=$alive whole=$whole rc=$c uptime=$u out=$o err=$e"
[ "$o" -gt 0 ] && head -c "$o" "$d/out"
[ "$e" -gt 0 ] && head -c "$e" "$d/err"
echo; echo "${END}"`);
}

const REPORT =
  /^opmas there=([01]) same=([01]) alive=([01]) whole=([01]) rc=(\d+|-) uptime=([\d.]+) out=(\d+) err=(\d+)\n/;

/** Null where the answer is not whole. */
export function parseReport(answer: Uint8Array): MarkerReport | null {
  const text = Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength).toString('latin1');
  const match = REPORT.exec(text);
  if (!match) return null;
  const [there, same, alive, isWhole] = match.slice(1, 5).map((flag) => flag === '1');
  const exitCode = match[5] === '-' ? null : Number(match[5]);
  const [out, err] = [Number(match[7]), Number(match[8])];
  const start = match[0].length;
  if (text.slice(start + out + err) !== `\n${END}\n`) return null;
  return {
    state: !there ? 'absent' : exitCode !== null ? 'ended' : alive ? 'running' : 'died',
    otherBoot: there === true && !same,
    uptimeSeconds: Number(match[6]),
    exitCode,
    isOutputComplete: isWhole === true,
    stdout: answer.slice(start, start + out),
    stderr: answer.slice(start + out, start + out + err),
  };
}

/** Removes the marker of a run whose result is recorded. */
export function forgetScript(runId: string): string {
  return whole(`rm -rf ${DIRECTORY}/${checkedRunId(runId)}`);
}
