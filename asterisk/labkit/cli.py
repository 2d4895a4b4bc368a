"""What can a person or a program ask the lab, and in which words? Parses and prints; decides nothing."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from labkit.browser import find_browser
from labkit.errors import CannotBeHad, LabError
from labkit.fetch import fetch
from labkit.lab import Lab
from labkit.node import ASTERISK_FOLDER
from labkit.plan import UpOptions
from labkit.progress import say
from labkit.prometheus import find_prometheus
from labkit.rendering import render_from_environment
from labkit.settings import QUEUE_STRATEGIES
from labkit.valkey import find_valkey
from labkit.voice import fetch_voice

EPILOG = """
examples:
  asterisk/lab up                         one node on a free loopback block; prints how to use it
  asterisk/lab --json up 2 --dir /tmp/x   two nodes, the descriptor as one JSON object (also in /tmp/x/lab.json)
  asterisk/lab cli 1 core show channels   a console command
  asterisk/lab restart 1                  `core restart now`, waits until it is ready again
  asterisk/lab down                       ends what this lab started, and nothing else

environment:
  CTI_CACHE              where the fetched Asterisk is kept (default: $XDG_CACHE_HOME/cti or ~/.cache/cti)
  CTI_ASTERISK_ROOT      use the Asterisk below this folder ("/": the installed one) instead of fetching
  CTI_ASTERISK=none      behave as if none could be had
  CTI_CHROMIUM           the browser of the web tests ("none": behave as if none could be had)
  CTI_PROMETHEUS         the folder with prometheus and promtool ("none": behave as if none could be had)
  CTI_VALKEY             a Valkey or Redis server that speaks TLS ("none": behave as if none could be had)
  CTI_DEBIAN_MIRROR      fetch from this mirror (default: the one of this machine's apt)

exit codes: 0 done, 1 it failed and says why, 2 wrong words, 3 no Asterisk can be had on this machine
"""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="asterisk/lab", description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.description = "A real Asterisk on this machine, one node or several, without root and without containers."
    shared = argparse.ArgumentParser(add_help=False)
    # SUPPRESS: given before the command, the value must not be overwritten by the default of the command's parser.
    shared.add_argument(
        "--dir", type=Path, default=argparse.SUPPRESS, help="the lab's folder (default: .lab in the repository)"
    )
    shared.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="one JSON object on stdout")
    parser.add_argument("--dir", type=Path, default=ASTERISK_FOLDER.parent / ".lab", help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout (progress is on stderr)")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, description=text, parents=[shared])

    command("fetch", "fetch Asterisk 22 and SIPp into the cache (once, 10 to 30 s)")
    command("voice", "fetch the voice of `cti prompts build`, espeak-ng, into the cache (once, 22 MB)")
    command("browser", "say where the Chromium of the web tests is; fetch one if none is installed (once, 200 MB)")
    command("prometheus", "say where the Prometheus of the tests is; fetch one if none is installed (once, 43 MB)")
    command("valkey", "say where the Valkey with TLS of the tests is; fetch one if none is installed (once, 17 MB)")
    _up_words(command("up", "start nodes; the descriptor says everything that is needed to use them"))
    command("down", "end exactly the processes that this lab started")
    command("status", "show the nodes")
    restart = command("restart", "`core restart now` on a node")
    restart.add_argument("node", metavar="NODE", help="node1, or 1")
    restart.add_argument("--no-wait", action="store_true", help="return before it is ready again")
    start = command("start", "start a node again whose process has ended (was killed)")
    start.add_argument("node", metavar="NODE", help="node1, or 1")
    console = command("cli", "run a console command on a node")
    console.add_argument("node", metavar="NODE", help="node1, or 1")
    console.add_argument("words", metavar="WORD", nargs=argparse.REMAINDER, help="such as: core show channels")
    render = command(
        "render", "write the configuration from CTI_* variables, for an Asterisk of your own (see README.md)"
    )
    render.add_argument("--out", type=Path, required=True, help="the folder to write")
    watch = commands.add_parser("watch", parents=[shared])  # for --with-parent; not for people
    watch.add_argument("parent", type=int)
    return parser


def _up_words(up: argparse.ArgumentParser) -> None:
    default = UpOptions()
    up.add_argument("nodes", metavar="N", type=int, nargs="?", default=1, help="how many nodes (1)")
    up.add_argument(
        "--base", default="auto", help="node k listens on BASE.k, e.g. 127.0.10; auto: a free 127.0.100 to .250"
    )
    up.add_argument(
        "--engine", default="", metavar="HOST:PORT[,...]", help="where the engine's FastAGI is (BASE.100:4573)"
    )
    up.add_argument("--agents", type=int, default=default.agents, help="phones 1001.. (10)")
    up.add_argument("--agent-contact", default="", metavar="HOST:PORT", help="where they are; without it they register")
    up.add_argument("--agent-auth", action="store_true", help="a password for agents' phones with a contact too")
    up.add_argument(
        "--trunks", type=int, default=default.trunks, help="trunk k is known by the address BASE.(150+k) (4)"
    )
    up.add_argument(
        "--trunk-contact", default="", metavar="HOST:PORT", help="where calls out to a trunk go; {trunk} is its address"
    )
    up.add_argument("--secret", default="", help="the AMI secret of every node (default: a random one each)")
    up.add_argument("--silent-moh", action="store_true", help="music that sends no packets, for load tests")
    up.add_argument("--app-queue", action="store_true", help="an app_queue 'bench' with the agents, at number 7001")
    up.add_argument("--app-queue-strategy", default=default.app_queue_strategy, choices=QUEUE_STRATEGIES)
    up.add_argument("--fallback-queue", default="", help="an app_queue to fall back to when no engine answers")
    up.add_argument(
        "--retry", type=int, default=default.retry_s, metavar="S", help="seconds without engine until fallback (15)"
    )
    up.add_argument(
        "--accept", type=int, default=10, metavar="S", help="seconds for a deaf engine; 0: off (see README)"
    )
    up.add_argument("--rtp-start", type=int, default=default.rtp_start)
    up.add_argument("--rtp-end", type=int, default=default.rtp_end)
    up.add_argument("--sounds", default="", metavar="DIR", help="prompts of your own: cti prompts build --to DIR")
    up.add_argument("--with-parent", type=int, default=0, metavar="PID", help="end the lab when this process ends")


def _up_options(words: argparse.Namespace) -> UpOptions:
    if not 1 <= words.nodes <= 90:
        raise LabError("N must be 1 to 90")
    return UpOptions(
        nodes=words.nodes,
        base=words.base,
        engines=tuple(part for part in words.engine.split(",") if part),
        agents=words.agents,
        agent_contact=words.agent_contact,
        agent_auth=words.agent_auth,
        trunks=words.trunks,
        trunk_contact=words.trunk_contact,
        secret=words.secret,
        silent_music=words.silent_moh,
        app_queue=words.app_queue,
        app_queue_strategy=words.app_queue_strategy,
        fallback_queue=words.fallback_queue,
        retry_s=words.retry,
        accept_s=words.accept,
        rtp_start=words.rtp_start,
        rtp_end=words.rtp_end,
        sounds=words.sounds,
        with_parent=words.with_parent,
    )


def _run(words: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Do it; return the answer as an object and as text for a person."""
    lab = Lab(words.dir)
    match words.command:
        case "fetch":
            installation = fetch()
            answer = {"root": str(installation.root), "version": installation.version(), "sipp": installation.sipp()}
            return answer, f"Asterisk {answer['version']} in {answer['root']}"
        case "voice":
            program = fetch_voice()
            return {"program": str(program)}, f"espeak-ng: {program}"
        case "prometheus":
            words_of, _ = find_prometheus()
            return {"program": words_of[0]}, f"Prometheus: {words_of[0]}"
        case "valkey":
            server = find_valkey()
            return {"program": str(server)}, f"Valkey: {server}"
        case "browser":
            program = find_browser()
            return {"program": str(program)}, f"Chromium: {program}"
        case "up":
            record = lab.up(_up_options(words))
            return record, _described(record)
        case "down":
            ended = lab.down()
            return {"ended": ended}, f"ended {len(ended)} node(s)"
        case "status":
            record = lab.status()
            return record, _described(record)
        case "restart":
            node = lab.restart(words.node, wait=not words.no_wait)
            return node, f"{node['name']} restarted"
        case "start":
            node = lab.start(words.node)
            return node, f"{node['name']} started"
        case "cli":
            output = lab.cli(words.node, words.words)
            return {"output": output}, output.rstrip("\n")
        case "render":
            render_from_environment(words.out, os.environ)
            return {"out": str(words.out)}, f"configuration written to {words.out}"
        case _:
            lab.watch(words.parent)
            return {}, ""


def _described(record: dict[str, Any]) -> str:
    lines = [f"Asterisk {record['version']}, lab in {record['dir']}"]
    for node in record["nodes"]:
        state = "" if node.get("alive", True) else "  NOT RUNNING"
        lines.append(
            f"  {node['name']}: SIP {node['host']}:{node['sip_port']} (udp), AMI {node['host']}:{node['ami_port']}"
            f" as {node['ami_user']}, pid {node['pid']}{state}"
        )
    lines.append(f"  engine expected at {', '.join(record['engines'])}")
    lines += [
        f"  softphone: user {phone['number']}, password {phone['password']}; call 6001, or *11 to log in"
        for phone in record["softphones"]
    ]
    lines.append(f"  everything else, with the secrets: {record['dir']}/lab.json")
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Run one command; return the exit code."""
    words = _parser().parse_args(arguments)
    try:
        answer, text = _run(words)
    except LabError as problem:
        say(("no Asterisk can be had here: " if isinstance(problem, CannotBeHad) else "") + str(problem))
        return problem.exit_code
    except (OSError, subprocess.SubprocessError) as problem:
        say(f"{type(problem).__name__}: {problem}")
        return 1
    except KeyboardInterrupt:
        return 130
    for warning in answer.get("warnings", ()):
        say(f"warning: {warning}")
    _print(json.dumps(answer) if words.json else text)
    return 0


def _print(text: str) -> None:
    """Whoever reads may have heard enough (`| head`)."""
    try:
        if text:
            print(text, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python says so once more at its end
