#include <launcher/supervision/supervise.hpp>

#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <optional>

#include <launcher/base/poll_set.hpp>
#include <launcher/base/signal_file.hpp>
#include <launcher/cleanup/leftovers.hpp>
#include <launcher/cleanup/orphans.hpp>
#include <launcher/engines/process.hpp>
#include <launcher/live/items.hpp>
#include <launcher/live/live.hpp>
#include <launcher/supervision/closer_look.hpp>
#include <launcher/supervision/engine_text.hpp>
#include <launcher/supervision/interrupt.hpp>
#include <launcher/supervision/message_handler.hpp>
#include <launcher/supervision/rank_table.hpp>
#include <launcher/supervision/seen.hpp>
#include <launcher/supervision/settings.hpp>
#include <launcher/supervision/shims.hpp>
#include <launcher/supervision/spawned_output.hpp>
#include <launcher/supervision/standard_input.hpp>
#include <launcher/supervision/times.hpp>
#include <launcher/supervision/words.hpp>

namespace hecaton::launcher {
namespace {

using link::Kind;
using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto impatience = 2s;          // with slow readers of our output, after a signal
constexpr auto background_look = 300ms;  // no event tells that a shell gives us its terminal, or that it is gone

// One run, from the start of the engine to the end of the last shim. One thread; nothing in it blocks.
class Supervisor {
  public:
    Supervisor(const Supervision& what, Output& output)
        : what_(what),
          output_(output),
          ranks_(what.ranks),
          life_(ranks_, times_of(what.options)),
          signals_(awaited_signals()),
          shims_(settings(what), what.other_machines),
          text_(what.family),
          live_({what.options.progress, output.room_below() > 0}, what.options.command_line, what.watcher),
          handler_(what, output, ranks_, life_, shims_, input_, interrupt_, live_) {}

    RunEnd run() {
        detail::launch::Command command = what_.command;
        command.environment.emplace_back(link::variable, link::encode(shims_.address()));
        engine_ = start_engine(command, what_.environment, signals_.mask_before());
        life_.engine_started(clock::now());
        while (!life_.engine_result() || !shims_.empty()) step();
        // mpirun's ssh to a host that does not answer any more would stay for a long time.
        if (life_.must_clean_up() || what_.other_machines) end_children();
        if (life_.must_clean_up()) remove_session(engine_.pid, what_.environment);
        if (!text_.empty()) pass_on_engine(true);
        handler_.time_passed(clock::time_point::max());
        output_.keep_below({});
        for (const auto& line : closing_words(summary())) output_.say(line);
        finish_output();
        return {.status = exit_status(summary()),
                .said = output_.said(),
                .death = died(summary()) && !life_.out_of_time(clock::now()),
                .input_read = input_.any(),
                .memory = ranks_.memory_use(),
                .begun = begun(summary()),
                .seen = seen(ranks_, what_.engine)};
    }

  private:
    void step() {
        PollSet files;
        files.add(signals_.get(), POLLIN);
        live_.add_to(files);
        for (const int socket : shims_.listening()) files.add(socket, POLLIN, [this](short) { shims_.accept(); });
        files.add(output_.waits(Output::out) ? STDOUT_FILENO : -1, POLLOUT);
        files.add(output_.waits(Output::err) ? STDERR_FILENO : -1, POLLOUT);
        files.add(wants_input() && input_.is_ours() ? STDIN_FILENO : -1, POLLIN, [this](short) { read_input(); });
        const bool room = !output_.full() || life_.signal() != 0;  // a reader that is stuck must not hold up the end
        files.add(engine_.output.get(), room ? POLLIN : 0, [this](short) { read_engine(engine_.output); });
        files.add(engine_.error.get(), POLLIN, [this](short) { read_engine(engine_.error); });
        for (auto& channel : shims_.channels())
            files.add(channel.socket(), (room ? POLLIN : 0) | (channel.waiting() > 0 ? POLLOUT : 0),
                      [this, &channel](short events) { handler_.serve(channel, events); });
        const bool idle = !files.wait(next_look());
        if (output_.has_prompts()) output_.show_prompts(idle);
        take_signals();
        reap();
        carry_out_orders();
        files.serve();
        shims_.sweep();
        if (output_.broken()) life_.output_broken(clock::now());
        if (interrupt_.refused(clock::now())) life_.signalled(SIGINT, clock::now());
        life_.time_passed(clock::now());
        handler_.time_passed(clock::now());
        show_live();
        carry_out_orders();
        if (const auto due = text_.due(); due && *due <= clock::now()) pass_on_engine();
        output_.pump(Output::out);
        output_.pump(Output::err);
    }

    Deadline next_look() const {
        Deadline next = earlier(earlier(life_.next_time(), handler_.next_time()), text_.due());
        next = earlier(next, earlier(interrupt_.next_time(), live_.inquiry.next_time()));
        next = earlier(next, live_.next_time());
        if (output_.has_prompts()) next = earlier(next, clock::now() + 100ms);
        if (wants_input() && !input_.is_ours()) next = earlier(next, clock::now() + background_look);
        return next;
    }

    // Waits for readers of our output without end, unless a signal asks us to end.
    void finish_output() {
        while (output_.waits(Output::out) || output_.waits(Output::err)) {
            PollSet files;
            files.add(signals_.get(), POLLIN);
            files.add(output_.waits(Output::out) ? STDOUT_FILENO : -1, POLLOUT);
            files.add(output_.waits(Output::err) ? STDERR_FILENO : -1, POLLOUT);
            if (!files.wait(life_.signal() != 0 ? Deadline(clock::now() + impatience) : Deadline())) return;
            take_signals();
            output_.pump(Output::out);
            output_.pump(Output::err);
        }
    }

    void take_signals() {
        while (const auto signal = signals_.next()) {
            if (*signal == SIGUSR1)
                asked();
            else if (*signal == SIGUSR2)
                handler_.warned();
            else if (*signal == SIGTSTP)
                suspend();
            else if (*signal == SIGINT)
                interrupted();
            else if (*signal != SIGCHLD)
                life_.signalled(*signal, clock::now());
        }
    }

    // The user wants to know what the ranks do. A program of theirs may want to know that, too.
    void asked() {
        shims_.accept();  // of ranks that run, however late we are
        shims_.send_to_all(link::frame(Kind::warn, SIGUSR1));
        handler_.ask(true);
    }

    void interrupted() {
        const auto what = interrupt_.came(life_.asked_to_end() ? 0 : shims_.channels().size(), clock::now());
        if (what == Interrupt::What::offer) shims_.send_to_all(link::frame(Kind::interrupt));
        if (what == Interrupt::What::end) life_.signalled(SIGINT, clock::now());
    }

    // Ctrl-Z in a terminal: the ranks stop as we do, and go on with fg or bg. Where no shell could wake us, the kernel
    // does not stop us.
    void suspend() {
        const auto begin = clock::now();
        sigset_t stop;
        ::sigemptyset(&stop);
        ::sigaddset(&stop, SIGTSTP);
        shims_.send_to_all(link::frame(Kind::signal, SIGSTOP));
        output_.clear_below();
        ::raise(SIGTSTP);
        ::sigprocmask(SIG_UNBLOCK, &stop, nullptr);
        ::sigprocmask(SIG_BLOCK, &stop, nullptr);
        shims_.send_to_all(link::frame(Kind::signal, SIGCONT));
        life_.rested(clock::now() - begin);
    }

    // Reaps what has ended, orphans that we adopted too.
    void reap() {
        int result = 0;
        for (pid_t ended = 0; (ended = ::waitpid(-1, &result, WNOHANG)) > 0;) {
            if (ended != engine_.pid) continue;
            // Processes that it has left may hold its pipes open; all that it has said itself is in them by now.
            for (auto* stream : {&engine_.output, &engine_.error}) {
                while (read_engine(*stream)) {
                }
                stream->reset();
            }
            pass_on_spawned(true);
            // A short rank's shim may have come and gone while we were kept from running: all its messages wait here.
            shims_.stop_listening();
            life_.engine_ended(result, !shims_.empty(), clock::now());
        }
    }

    // False where there is nothing more now.
    bool read_engine(Descriptor& from) {
        std::array<char, 16 * 1024> buffer;
        const auto count = ::read(from.get(), buffer.data(), buffer.size());
        if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) from.reset();
        if (count <= 0) return false;
        const std::string_view bytes{buffer.data(), static_cast<std::size_t>(count)};
        if (&from == &engine_.output && what_.family == Mpi::open_mpi) {
            spawned_.add(bytes);
            pass_on_spawned(false);
        } else {
            text_.add(bytes, clock::now());
        }
        return true;
    }

    void show_live() {
        if (live_.anybody_asks(clock::now())) handler_.ask(false);
        if (live_.inquiry.answered_all(clock::now()))
            live_.answer(items_of(ranks_, live_.inquiry.items()), ranks_.size());
        for (const auto& line : live_.take_lines()) output_.show(line);
        output_.keep_below(live_.progress.line(output_.room_below()));
    }

    void pass_on_spawned(bool end) {
        const auto parts = spawned_.take(end);
        output_.pass_on(parts.spawned, Output::out);
        if (!parts.engine.empty()) text_.add(parts.engine, clock::now());
    }

    void pass_on_engine(bool all = false) {
        if (const auto refusal = text_.refusal_of_srun(); !refusal.empty() && !ranks_.all_here()) {
            text_.take(false, true);
            output_.say(no_such_job(refusal, std::string(detail::launch::value(what_.environment, "SLURM_JOB_ID"))));
            return life_.refused(clock::now());
        }
        // A rank that leaves with status 0 without MPI_Finalize has failed for the engine alone.
        const bool an_end = life_.breaking_off() || ranks_.first_failure() || text_.tells_of_an_end() ||
                            ranks_.first([](const Rank& rank) { return rank.survived; });
        const bool known = an_end && (ranks_.all_here() || life_.verdict() != 0 || life_.signal() != 0);
        output_.pass_on(text_.take(known, all));
    }

    bool wants_input() const {
        return input_.has_room() && ranks_.size() > 0 && ranks_.rank(0).here && !ranks_.rank(0).closed;
    }

    void read_input() {
        if (const auto frame = input_.read()) shims_.send_to(0, *frame);
    }

    void carry_out_orders() {
        while (const auto order = life_.next_order()) carry_out(*order);
    }

    void carry_out(const Order& order) {
        switch (order.kind) {
            case Order::end_ranks:
                return shims_.send_to_all(link::frame(Kind::end, order.signal));
            case Order::let_shims_go:
                return shims_.send_to_all(link::frame(Kind::leave));
            case Order::give_up_shims:
                for (auto& channel : shims_.channels()) handler_.lost(channel);
                return shims_.sweep();
            case Order::signal_engine:
                return static_cast<void>(::kill(engine_.pid, order.signal));
            case Order::say_limit:
                return output_.say(limit_reached(ranks_, what_.engine, what_.options.timeout));
            case Order::say_end:
                return output_.say(time_is_over(ranks_, what_.options));
            case Order::say_missing:
                return output_.say(ranks_missing(ranks_, what_.engine, life_.patience()));
            case Order::say_engine_died:
                return output_.say(engine_died(what_.engine, order.signal));
        }
    }

    Summary summary() const {
        return {.ranks = ranks_,
                .engine = what_.engine,
                .family = what_.family,
                .quiet = what_.options.quiet,
                .card_shown = handler_.card_shown(),
                .causes = text_.causes(),
                .lost_daemon = text_.lost_daemon(),
                .collision = text_.collision(),
                .engine_result = life_.engine_result().value_or(0),
                .verdict = life_.verdict(),
                .signal = life_.signal(),
                .output_problem = output_.problem(),
                .closer = ranks_.first_failure() ? closer_look(what_.options, ranks_.size(), what_.environment) : ""};
    }

    const Supervision& what_;
    Output& output_;
    RankTable ranks_;
    Lifecycle life_;
    SignalFile signals_;
    Shims shims_;
    EngineProcess engine_;
    EngineText text_;
    SpawnedOutput spawned_;
    StandardInput input_;
    Interrupt interrupt_;
    Live live_;
    MessageHandler handler_;
};

}  // namespace

RunEnd supervise(const Supervision& what, Output& output) {
    open_closed_streams();
    if (what.ranks > 0) output.ranks(what.ranks);
    if (!output.problem().empty()) throw Refusal(wrong_command_line, fmt::format("--output-dir: {}", output.problem()));
    adopt_orphans();
    ::signal(SIGPIPE, SIG_IGN);
    ::signal(SIGCHLD, SIG_DFL);  // our parent may have ignored it, and then the kernel would keep no status
    return Supervisor(what, output).run();
}

}  // namespace hecaton::launcher
