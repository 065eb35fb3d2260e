"""The composition root: the only module that may import every room."""

import asyncio
import hashlib
import logging
import os
import signal
import threading
import time
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bot.clock import Calendar, real_now
from bot.config import BadSettings, Settings, unknown_names
from bot.domain.bloc import Bloc
from bot.domain.errors import NoBloc
from bot.tasks import spawn
from bot.usecases.ports.work import StoreUnavailable
from storage.migrate import NewerDatabase, head, migrate, revision
from storage.store import Store, engine_for

if TYPE_CHECKING:
    from aiogram import Bot

    from bot.content.diff import Change
    from bot.domain.knowledge import Answer
    from bot.outbound.timetable import Timetable
    from bot.outbound.worker import Worker

log = logging.getLogger(__name__)

PARTS: Final = ("receive", "answer", "deliver")
STOP_SECONDS: Final = 6.0  # what is in hand gets this long
LEAVE_SECONDS: Final = 9.0  # then the process leaves whatever it holds: a kill at any instant loses nothing
SPLIT_SECONDS: Final = 1.0  # how often a process looks at what another one may have queued or been told
REMINDERS_SECONDS: Final = 60.0
LEASES_SECONDS: Final = 30.0
KNOW_AHEAD_SECONDS: Final = 2.0
LONGEST_REST_SECONDS: Final = 0.2
HOUSEKEEPING_SECONDS: Final = 3600.0


class CannotDo(Exception):
    """A command that cannot be carried out now; the message is for the operator."""


# -- the database --------------------------------------------------------------------------------------------


def open_store(settings: Settings, *, migrated: bool = True) -> Store:
    """The store of this installation; brought to this version's shape unless told not to. Raises BadSettings."""
    from sqlalchemy.exc import OperationalError, SQLAlchemyError

    use_own_words(settings)
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadSettings([f"THIDUA_DATA_DIR: không dùng được {settings.data_dir}: {error.strerror}"]) from None
    try:
        engine = engine_for(settings.database)
        if engine.url.get_backend_name() == "sqlite" and engine.url.database:
            Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
        if migrated:
            migrate(engine)
        else:
            revision(engine)
    except NewerDatabase as error:
        raise BadSettings(
            [f"cơ sở dữ liệu ở cấu trúc {error} của một phiên bản mới hơn: hãy dùng phiên bản đó của sản phẩm"]
        ) from None
    except (SQLAlchemyError, OSError) as error:
        cause = getattr(error, "orig", None) or error
        # Why a connection failed holds nothing that people wrote; other errors may quote rows.
        said = " ".join(str(cause).split())[:300] if isinstance(error, (OperationalError, OSError)) else ""
        why = f"{type(cause).__name__}{': ' if said else ''}{said}"
        raise BadSettings([f"THIDUA_DATABASE_URL: không mở được cơ sở dữ liệu ({why})"]) from None
    return Store(engine)


def use_own_words(settings: Settings) -> None:
    """Extend the vocabulary of the search with the installation's own. Raises BadSettings with every problem."""
    if not settings.vocabulary:
        return
    from bot.knowledge.own_words import OwnWordsProblems, read_own_words, use

    try:
        use(read_own_words(Path(settings.vocabulary).expanduser()))
    except OwnWordsProblems as error:
        raise BadSettings([f"THIDUA_VOCABULARY: {problem}" for problem in error.problems]) from None
    except OSError as error:
        why = f"không đọc được {settings.vocabulary}: {error.strerror}"
        raise BadSettings([f"THIDUA_VOCABULARY: {why}"]) from None


@contextmanager
def opened(settings: Settings, *, migrated: bool = True) -> Iterator[Store]:
    """`open_store`, closed at the end."""
    store = open_store(settings, migrated=migrated)
    try:
        yield store
    finally:
        store.close()


def migrate_database(settings: Settings) -> bool:
    """True when something was changed."""
    with opened(settings, migrated=False) as store:
        before = revision(store.engine)
    with opened(settings) as store:
        return revision(store.engine) != before


# -- the bloc file -------------------------------------------------------------------------------------------


@dataclass
class ImportPlan:
    """What an import would change; nothing is written before `apply`."""

    text: str
    changes: "tuple[Change, ...]"
    first: bool
    apply: Callable[[], Bloc]


def plan_import(settings: Settings, path: Path) -> ImportPlan:
    """Read and check a bloc file, and compare it with what is held. Raises BlocFileProblems."""
    from dataclasses import asdict

    from bot.content.diff import compare, render, render_carried, render_left_behind
    from bot.content.read import read_bloc
    from bot.domain.keeping import carry_over
    from bot.usecases.assessment_renewal import RenewForms

    bloc = read_bloc(path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    with opened(settings) as store, store.reading(real_now()) as work:
        held = work.catalogue.of_year(bloc.year)
        before = work.catalogue.of_year(bloc.year - 1) if held is None else None
    carried = carry_over(held, bloc)
    changes = compare(held, carried.bloc)

    def apply() -> Bloc:
        with opened(settings) as store, store.work(real_now()) as work:
            # Looked at again, and held: a secretary may have kept an answer since the difference was shown.
            now = work.catalogue.of_year(bloc.year, for_change=True)
            whole = carry_over(now, bloc).bloc
            differing = compare(now, whole)
            noted = [asdict(change) for change in differing] if now else [{"what": "first", "entries": len(differing)}]
            saved = work.catalogue.save(whole, file_name=path.name, digest=digest, changes=_plain(noted))
            RenewForms(work)(saved)
            return saved

    if held is None:
        counts = f"{len(bloc.units)} đơn vị, {len(bloc.milestones)} mốc, {len(bloc.criteria)} tiêu chí"
        text = f"{path.name}: hợp lệ. {bloc.name}, năm {bloc.year}: {counts}, {len(bloc.notes)} mục hỏi đáp."
    elif changes:
        text = render(changes)
    else:
        text = f"{path.name}: không có gì thay đổi so với bản thứ {held.revision}."
    text = "\n".join([text, *render_carried(carried), *(render_left_behind(before, bloc.year) if before else ())])
    return ImportPlan(text, changes, held is None, apply)


def _plain(value: object) -> object:
    """A value as JSON can hold it."""
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(one) for one in value]
    return value if isinstance(value, (str, int, bool, type(None))) else str(value)


# -- small commands ------------------------------------------------------------------------------------------


def invite(settings: Settings, *, unit: str | None, role: str, all_units: bool, days: int) -> list[str]:
    """One line a link. Raises DomainError for a unit that the bloc does not have, CannotDo without a bot name."""
    from bot.domain.people import Role
    from bot.usecases.people import CreateInvite

    username = settings.bot_username or asyncio.run(_username(settings))
    lifetime = timedelta(days=days)
    with opened(settings) as store, store.work(real_now()) as work:
        create = CreateInvite(work, real_now())
        if role == Role.SECRETARY.value:
            return [f"Thư ký Khối: {_link(username, create(unit=None, role=Role.SECRETARY, valid_for=lifetime))}"]
        units = [one.code for one in work.bloc.units] if all_units else [unit]
        lines = []
        for code in units:
            token = create(unit=code, role=Role(role), valid_for=lifetime)
            name = next((one.name for one in work.bloc.units if one.code == code), code)
            lines.append(f"{name} ({role}): {_link(username, token)}")
        return lines


def _link(username: str, token: str) -> str:
    return f"https://t.me/{username.lstrip('@')}?start={token}"


async def _username(settings: Settings) -> str:
    from aiogram.exceptions import AiogramError

    if not settings.bot_token:
        raise CannotDo("THIDUA_BOT_USERNAME: cần tên người dùng của bot để in đường dẫn mời (hoặc THIDUA_BOT_TOKEN).")
    bot = make_bot(settings)
    try:
        return (await bot.get_me()).username or ""
    except AiogramError as error:
        raise CannotDo(
            f"Không hỏi được tên bot từ Telegram ({type(error).__name__}); đặt THIDUA_BOT_USERNAME."
        ) from None
    finally:
        await bot.session.close()


def ask(settings: Settings, question: str, language: str) -> "Answer":
    """The answer that an officer would get now. Raises NoBloc."""
    from bot.knowledge.answer import answers_for
    from bot.words import Words

    now = real_now()
    with opened(settings) as store, store.reading(now) as work:
        return answers_for(work.bloc).answer(question, now=now, words=Words(language))


def evaluate(settings: Settings, path: Path, at: datetime | None = None) -> dict[str, Any]:
    """How well a file's questions are answered from the bloc in force. Raises NoBloc, OSError, QuestionFileProblems."""
    from bot.knowledge.answer import answers_for
    from bot.knowledge.evaluate import QuestionFileProblems, read_questions, report, run

    now = at or real_now()
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")  # other line breaks may stand inside a question
    except UnicodeDecodeError:
        raise QuestionFileProblems([f"{path.name}: tệp phải ghi bằng UTF-8"]) from None
    with opened(settings) as store, store.reading(now) as work:
        answers = answers_for(work.bloc)
    return report(run(answers, read_questions(lines, answers.index.entries, path.name), now))


def export(settings: Settings, period: str, path: Path, *, overwrite: bool = False) -> str:
    """Write one Excel file of all units in a period; returns what was written.

    Raises NoBloc, CannotDo, FormAltered, or OSError. A file is there whole or not at all.
    """
    from bot.domain.calendar import Period
    from bot.reports.period_workbook import period_workbook
    from bot.usecases.assessment_form import TableOfPeriod, periods_to_export
    from bot.words import Words

    if path.suffix.lower() != ".xlsx":
        raise CannotDo(f"{path}: tên tệp phải kết thúc bằng .xlsx.")
    if path.exists() and not overwrite:
        raise CannotDo(f"{path}: đã có tệp này; thêm --yes để ghi đè.")
    now = real_now()
    with opened(settings) as store, store.reading(now) as work:
        if Period(period) not in periods_to_export(work):
            raise CannotDo(f"Kỳ {period} của năm {work.bloc.year} chưa mở hoặc không có trong lịch của Khối.")
        table = TableOfPeriod(work).of(Period(period))
    content = period_workbook(table, Words())
    half = path.with_name(f".{path.name}.part")
    try:
        half.write_bytes(content)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
    submitted = sum(line.form is not None for line in table.lines)
    return f"Đã ghi {path}: {len(table.lines)} đơn vị, {submitted} đơn vị đã nộp trên trợ lý."


def check(settings: Settings, wrong: Collection[str] = ()) -> list[str]:
    """Everything that keeps the product from running, at once; `wrong` settings have been told of already."""
    told = tuple(f"THIDUA_{name.upper().removesuffix('_FILE')}" for name in wrong)
    problems = [problem for problem in settings.problems_to_run() if not (told and problem.startswith(told))]
    problems += [f"{name}: không có cài đặt nào tên như vậy" for name in unknown_names()]
    try:
        use_own_words(settings)
    except BadSettings as error:
        problems += error.problems
    if not {"database_url", "data_dir"} & set(wrong):
        try:
            with opened(settings.model_copy(update={"vocabulary": ""}), migrated=False) as store:
                problems += _check_store(store)
        except BadSettings as error:
            problems += error.problems
    if settings.bot_token and not {"telegram_api", "proxy"} & set(wrong):
        problems += asyncio.run(_check_telegram(settings))
    return problems


def _check_store(store: Store) -> list[str]:
    held = revision(store.engine)
    if held != head():
        return [f"cơ sở dữ liệu ở cấu trúc {held or 'trống'}, cần {head()}: chạy `thidua migrate`"]
    try:
        with store.reading(real_now()) as work:
            if work.bloc and not work.people.members():
                return ["chưa ai tham gia: chạy `thidua invite --secretary` và `thidua invite --all-units`"]
    except NoBloc:
        return ["chưa có dữ liệu khối: chạy `thidua import TỆP` (hoặc `thidua import --sample`)"]
    return []


async def _check_telegram(settings: Settings) -> list[str]:
    from aiogram.exceptions import TelegramAPIError, TelegramUnauthorizedError

    bot = make_bot(settings)
    try:
        me = await bot.get_me(request_timeout=15)
        hook = await bot.get_webhook_info(request_timeout=15)
    except TelegramUnauthorizedError:
        return ["THIDUA_BOT_TOKEN: Telegram không nhận token này; xin @BotFather cấp lại"]
    except TelegramAPIError as error:
        return [
            f"không tới được Telegram ({type(error).__name__}); xem THIDUA_PROXY, THIDUA_TELEGRAM_API và đường mạng"
        ]
    finally:
        await bot.session.close()
    problems = []
    if settings.bot_username and me.username and settings.bot_username.lstrip("@").lower() != me.username.lower():
        problems.append(f"THIDUA_BOT_USERNAME: token này là của @{me.username}")
    if hook.url and not settings.webhook_url:
        problems.append("bot đang đặt webhook nơi khác: `thidua run` sẽ gỡ để hỏi theo vòng")
    return problems


def status(settings: Settings) -> str:
    """What an operator looks at first."""
    with opened(settings) as store:
        return "\n".join(_status_lines(settings, store))


def _status_lines(settings: Settings, store: Store) -> list[str]:
    from bot.words import Words
    from storage.inbox import SqlInbox

    now = real_now()
    lines = [f"Cơ sở dữ liệu: {store.engine.url.render_as_string(hide_password=True)} ({revision(store.engine)})"]
    with store.reading(now) as work:
        try:
            bloc = work.bloc
        except NoBloc:
            return [*lines, "Khối: chưa nhập tệp khối nào."]
        members = work.people.members()
        linked = {unit for member in members for unit in member.units}
        missing = [unit.code for unit in bloc.units if unit.code not in linked]
        lines += [
            f"Khối: {bloc.name}, năm {bloc.year}, bản thứ {bloc.revision}",
            f"Người tham gia: {len(members)}; đơn vị chưa có ai: {', '.join(missing) or 'không'}",
        ]
        counts = work.deliveries.counts()
        lines.append("Lượt gửi: " + (", ".join(f"{state} {n}" for state, n in sorted(counts.items())) or "chưa có"))
        paused = work.settings.read(_Pauses.KEY)
        if paused and datetime.fromisoformat(paused) > now:
            lines.append(f"Tạm dừng gửi tới: {Words().moment(datetime.fromisoformat(paused))}")
        if work.settings.read("stopped"):
            lines.append("Telegram không nhận token: mọi lượt gửi đang dừng")
    if settings.bot_token:
        states = SqlInbox(store.engine).counts(int(settings.bot_token.split(":")[0]))
        lines.append("Hàng đến: " + (", ".join(f"{state} {n}" for state, n in sorted(states.items())) or "trống"))
    return lines


# -- the running product -------------------------------------------------------------------------------------


def make_bot(settings: Settings) -> "Bot":
    """aiogram's Bot against the configured server, through the configured proxy."""
    from aiogram import Bot
    from aiogram.client.telegram import TelegramAPIServer

    from bot.inbound.session import Session

    api = TelegramAPIServer.from_base(settings.telegram_api)
    # To this library every socks5 asks the proxy for names, and it knows no other word for that.
    proxy = settings.proxy.replace("socks5h://", "socks5://", 1)
    return Bot(settings.bot_token, session=Session(proxy=proxy or None, api=api))


class _Pauses:
    """The pause that Telegram asked for, kept in the database for every process."""

    KEY = "paused_until"

    def __init__(self, store: Store) -> None:
        self._store = store

    def load(self) -> datetime | None:
        try:
            with self._store.reading(real_now()) as work:
                kept = work.settings.read(self.KEY)
        except StoreUnavailable:
            return None  # Telegram will say it again
        return datetime.fromisoformat(kept) if kept else None

    def save(self, until: datetime) -> None:
        from bot.pace import LONGEST_PAUSE

        with self._store.work(real_now()) as work:
            kept = work.settings.read(self.KEY)
            # Another process may have been told to wait longer; one that a stepped clock left behind must not win.
            if not kept or not until < datetime.fromisoformat(kept) <= real_now() + LONGEST_PAUSE:
                work.settings.write(self.KEY, until.isoformat())


def run(settings: Settings, parts: Collection[str]) -> int:
    """Run until SIGTERM or SIGINT. Returns the exit status; raises BadSettings."""
    from bot.log import set_up

    problems = settings.problems_to_run()
    if problems:
        raise BadSettings(problems)
    set_up(settings.log_level, secrets=settings.secrets)
    with opened(settings) as store:
        return asyncio.run(_Product(settings, store, frozenset(parts)).run())


class _Product:
    """Everything that runs in one process, wired together."""

    def __init__(self, settings: Settings, store: Store, parts: frozenset[str]) -> None:
        self._settings, self._store, self._parts = settings, store, parts
        self._calendar = Calendar()
        self._stop = asyncio.Event()
        self._status = 0
        self._worker: Worker | None = None
        self._timetable: Timetable | None = None

    async def run(self) -> int:
        from bot.inbound.ground import Ground, on_loopback
        from bot.inbound.paced import PacedRequests
        from bot.pace import Pace

        self._loop = asyncio.get_running_loop()
        self._listen_to_signals()
        if on_loopback(self._settings.telegram_api):
            ground = Ground(self._settings.telegram_api, self._calendar, self._calendar_moved)
            if await ground.find():
                spawn(ground.follow(), "training ground")
        self._pace = Pace(_Pauses(self._store), rate=self._settings.rate)
        await self._pace.recall()
        self._bot = make_bot(self._settings)
        self._bot.session.middleware(PacedRequests(self._pace))
        if self._parts != frozenset(PARTS):
            spawn(self._heed_pauses(), "pauses")
        try:
            await self._run_parts()
        finally:
            await self._bot.session.close()
        log.info("stopped", extra={"status": self._status})
        return self._status

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            try:
                loop.add_signal_handler(name, self._stop.set)
            except NotImplementedError:  # a system without them: Ctrl-C raises KeyboardInterrupt instead
                signal.signal(name, lambda *_: loop.call_soon_threadsafe(self._stop.set))

    async def _run_parts(self) -> None:
        running: list[asyncio.Task[None]] = []
        stopping: list[Callable[[], Awaitable[None]]] = []
        if "deliver" in self._parts:
            await self._start_delivering(running, stopping)
        wake: Callable[[], None] = lambda: None  # noqa: E731 - a receiver alone has nobody to wake
        if "answer" in self._parts:
            wake = self._start_answering(running, stopping)
        if "receive" in self._parts:
            self._start_receiving(running, stopping, wake)
        log.info("running", extra={"parts": ",".join(sorted(self._parts)), "bot": self._bot.id})
        ended = asyncio.ensure_future(self._stop.wait())
        await asyncio.wait({ended, *running}, return_when=asyncio.FIRST_COMPLETED)
        ended.cancel()
        for task in running:
            if task.done() and task.exception() is not None:
                self._status = 1
        log.info("stopping")
        self._leave_in_time()
        await asyncio.gather(*(stop() for stop in stopping))
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _leave_in_time(self) -> None:
        """A thread that waits for a locked database must not keep the process from leaving."""
        timer = threading.Timer(LEAVE_SECONDS, os._exit, (self._status,))
        timer.daemon = True
        timer.start()

    async def _heed_pauses(self) -> None:
        """Another process may have been told by Telegram to wait."""
        while True:
            await asyncio.sleep(SPLIT_SECONDS)
            await self._pace.recall()

    async def _start_delivering(self, running: list[Any], stopping: list[Any]) -> None:
        from bot.outbound.messenger import Messenger
        from bot.outbound.timetable import Beat, Timetable
        from bot.outbound.worker import Habits, Worker

        settings = self._settings
        messenger = Messenger(settings.bot_token, settings.telegram_api, settings.proxy or None, self._pace)
        await messenger.open()
        # Nobody wakes the worker where another process answers.
        habits = Habits(farewell=STOP_SECONDS)
        if "answer" not in self._parts:
            habits = replace(habits, idle=SPLIT_SECONDS)
        worker = self._worker = Worker(self._store, self._calendar, messenger, self._pace, habits)
        timetable = self._timetable = Timetable(
            [
                Beat("reminders", REMINDERS_SECONDS, self._look_for_reminders),
                Beat("leases", LEASES_SECONDS, worker.expire_leases),
                Beat("housekeeping", HOUSEKEEPING_SECONDS, self._housekeeping),
            ]
        )
        timetable.start()
        delivering = spawn(worker.run(), "worker")
        running.append(delivering)

        async def stop() -> None:
            await timetable.stop()
            worker.stop()
            await asyncio.wait({delivering}, timeout=STOP_SECONDS + 1)
            await messenger.close()

        stopping.append(stop)

    async def _look_for_reminders(self) -> None:
        if await asyncio.to_thread(self._queue_reminders) and self._worker is not None:
            self._worker.wake()

    def _queue_reminders(self) -> int:
        from bot.usecases.reminders import LookForReminders

        try:
            with self._store.work(self._calendar.now()) as work:
                queued = LookForReminders(work)()
        except NoBloc:
            return 0
        if queued:
            log.info("reminders queued", extra={"number": queued})
        return queued

    async def _housekeeping(self) -> None:
        from storage.inbox import SqlInbox

        pruned = await asyncio.to_thread(SqlInbox(self._store.engine).prune)
        if pruned:
            log.info("inbox pruned", extra={"rows": pruned})
        forgotten = await asyncio.to_thread(self._forget_old_questions)
        if forgotten:
            log.info("old questions erased", extra={"rows": forgotten})

        swept = await asyncio.to_thread(self._sweep_files)
        if swept:
            log.info("stored files swept", extra={"files": swept})

    def _sweep_files(self) -> int:
        from bot.inbound.sweeping import Sweep
        from bot.usecases.files import ForgetFiles

        def forget(digests: Collection[str], before: datetime) -> Collection[str]:
            with self._store.work(self._calendar.now()) as work:
                return ForgetFiles(work)(digests, before)

        return Sweep(self._settings.data_dir, forget)(real_now())

    def _forget_old_questions(self) -> int:
        from bot.usecases.questions import ForgetOldQuestions

        try:
            with self._store.work(self._calendar.now()) as work:
                return ForgetOldQuestions(work)()
        except NoBloc:
            return 0

    async def _introduce(self) -> None:
        """Tell Telegram the command menus, and learn our own name for mentions and links. Not needed to work."""
        from aiogram.exceptions import (
            TelegramAPIError,
            TelegramNotFound,
            TelegramRetryAfter,
            TelegramUnauthorizedError,
        )

        from handlers.menus import strangers_menus

        wait = 1.0
        while True:
            try:
                me = await self._bot.me()
                await asyncio.to_thread(self._remember_username, me.username or "")
                for method in strangers_menus():
                    await self._bot(method)
                return
            except (TelegramUnauthorizedError, TelegramNotFound):
                self._token_refused()
                return
            except (TelegramAPIError, StoreUnavailable) as error:
                log.info("introduction waits", extra={"error": type(error).__name__})
                await asyncio.sleep(error.retry_after if isinstance(error, TelegramRetryAfter) else wait)
                wait = min(2 * wait, 60.0)

    def _start_answering(self, running: list[Any], stopping: list[Any]) -> Callable[[], None]:
        from bot.inbound.answerer import Answerer
        from bot.inbound.downloads import Downloads, Vault
        from bot.inbound.handling import Handling
        from bot.inbound.patience import Patience
        from bot.inbound.sending import Sender
        from handlers.desk import Desk
        from handlers.routing import build_dispatcher
        from storage.fsm import TalkStorage
        from storage.inbox import SqlInbox

        patience = Patience()
        desk = Desk(build_dispatcher(TalkStorage()), self._bot)
        answerer = Answerer(
            self._bot.id,
            SqlInbox(self._store.engine),
            Handling(self._store, desk, self._calendar, queued=self._queued),
            Sender(self._bot, blocked=self._blocked, refused=self._token_refused, patience=patience),
            Downloads(self._bot, Vault(self._settings.data_dir), patience),
            patience=patience,
        )
        running.append(spawn(answerer.run(), "answerer"))

        async def stop() -> None:
            # While Telegram makes us wait, nothing more can leave: the next start shows everybody where they stand.
            await answerer.stop(1.0 if self._pace.paused_for > STOP_SECONDS else STOP_SECONDS)

        stopping.append(stop)
        spawn(self._introduce(), "introduce")
        spawn(self._know_ahead(), "know ahead")
        return answerer.wake

    async def _know_ahead(self) -> None:
        """What the search works out once for a revision of the bloc, before somebody has to wait for it."""
        while not self._stop.is_set():
            await asyncio.sleep(KNOW_AHEAD_SECONDS)
            try:
                await asyncio.to_thread(self._warm_up)
            except (NoBloc, StoreUnavailable) as error:
                log.debug("nothing to know ahead", extra={"error": type(error).__name__})

    def _warm_up(self) -> None:
        from bot.knowledge.answer import answers_for

        with self._store.reading(self._calendar.now()) as work:
            bloc = work.bloc
        rested = time.monotonic()

        def going_on() -> bool:
            # Twice as long at rest as at work: who asks now must not wait for what nobody has asked yet.
            nonlocal rested
            time.sleep(min(LONGEST_REST_SECONDS, 2 * (time.monotonic() - rested)))
            rested = time.monotonic()
            return not self._stop.is_set()

        answers_for(bloc).ranker.links.warm(going_on)

    def _remember_username(self, username: str) -> None:
        """For invite links made in Telegram; the operator's own setting comes first."""
        from handlers.roster import BOT_USERNAME

        with self._store.work(self._calendar.now()) as work:
            work.settings.write(BOT_USERNAME, (self._settings.bot_username or username).lstrip("@"))

    def _start_receiving(self, running: list[Any], stopping: list[Any], wake: Callable[[], None]) -> None:
        from bot.inbound.receiver import PollingReceiver, WebhookReceiver
        from storage.inbox import SqlInbox

        inbox = SqlInbox(self._store.engine)
        receiver: PollingReceiver | WebhookReceiver
        if self._settings.webhook_url:
            host, _, port = self._settings.webhook_listen.rpartition(":")
            receiver = WebhookReceiver(
                self._bot,
                inbox,
                wake,
                url=self._settings.webhook_url,
                secret=self._settings.webhook_secret,
                host=host,
                port=int(port),
            )
        else:
            receiver = PollingReceiver(self._bot, inbox, wake)
        running.append(spawn(self._received(receiver.run()), "receiver"))
        stopping.append(receiver.stop)

    async def _received(self, receiving: Coroutine[Any, Any, None]) -> None:
        from bot.inbound.receiver import CannotListen, TokenRefused

        try:
            await receiving
        except TokenRefused:
            self._token_refused()
        except CannotListen as error:
            log.error("THIDUA_WEBHOOK_LISTEN: another program listens there", extra={"address": str(error)})
            self._status = 1
            self._stop.set()

    def _token_refused(self) -> None:
        if self._stop.is_set():
            return
        log.error("Telegram does not know THIDUA_BOT_TOKEN: nothing can be received or sent")
        self._status = 1
        self._stop.set()

    def _queued(self) -> None:
        if self._worker is not None:
            self._loop.call_soon_threadsafe(self._worker.wake)

    def _calendar_moved(self) -> None:
        if self._timetable is not None:
            self._timetable.look_now()

    def _blocked(self, telegram_id: int) -> None:
        spawn(asyncio.to_thread(self._note_blocked, telegram_id), "note a block")

    def _note_blocked(self, telegram_id: int) -> None:
        with self._store.work(self._calendar.now()) as work:
            person = work.people.by_telegram(telegram_id)
            if person:
                work.people.set_blocked(person.id, True)
