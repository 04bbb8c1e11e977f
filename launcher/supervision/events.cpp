// What follows from what happens to the ranks, to the engine and to us.
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <exception>

#include <launcher/base/refusal.hpp>
#include <launcher/supervision/card.hpp>
#include <launcher/supervision/supervisor.hpp>

namespace hecaton::launcher {
namespace {

using link::Kind;
using namespace std::chrono_literals;

constexpr auto own_end = 250ms;   // what the others get to end by themselves after one ended with a bad status
constexpr auto shims_end = 4s;    // what shims get beyond the grace of their ranks
constexpr auto engine_ends = 3s;  // what the engine gets to end once all ranks have
constexpr auto asked_again = 2s;  // an engine that was asked to end is asked again, and then killed

}  // namespace

void Supervisor::serve(Channel& connection) {
    try {
        const bool good = connection.receive();
        while (connection.open()) {
            const auto frame = connection.next();
            if (!frame) break;
            handle(connection, *frame);
        }
        if (!good && connection.open()) lost(connection);
    } catch (const std::exception&) {  // a stranger who does not speak our language
        lost(connection);
    }
}

void Supervisor::handle(Channel& connection, const link::Frame& frame) {
    if (connection.rank < 0) {
        const bool stranger = frame.kind != Kind::hello || link::decode_hello(frame.body).token != address_.token;
        return stranger ? connection.close() : welcome(connection, link::decode_hello(frame.body));
    }
    const int rank = connection.rank;
    switch (frame.kind) {
        case Kind::output:
            return output_.write(rank, Output::out, frame.body);
        case Kind::error:
            ranks_.wrote_error(rank, frame.body);
            return output_.write(rank, Output::err, frame.body);
        case Kind::taken:
            input_not_taken_ -= std::min(input_not_taken_, static_cast<std::size_t>(link::number(frame.body)));
            return;
        case Kind::library:
            return loaded(rank, frame.body);
        case Kind::stopped:
            return output_.say(wants_terminal(rank));
        case Kind::ended:
            return rank_ended(connection, link::decode_ended(frame.body));
        case Kind::closed:
            output_.close(rank);
            ranks_.closed(rank, frame.body);
            if (ranks_.all_closed()) let_go();
            return;
        default:
            return;
    }
}

void Supervisor::welcome(Channel& connection, link::Hello hello) {
    const bool size_was_known = ranks_.size() > 0;
    auto welcome = ranks_.hello(hello);
    const bool needs_wire = what_.program.mpi == Mpi::open_mpi || what_.program.mpi == Mpi::mpich;
    if (welcome.problem.empty() && needs_wire && !hello.wired && ranks_.size() > 1)
        welcome.problem = fmt::format("the ranks on {} were started without PMI, so each would be alone", hello.host);
    if (!welcome.problem.empty()) {
        const std::string linked = name(what_.program);
        refuse(fmt::format("{}: {} does not fit {}; start it with the launcher of its own MPI", welcome.problem,
                           what_.engine, linked.empty() ? "the program" : linked));
        connection.send(link::frame(Kind::end, SIGKILL));
        return connection.send(link::frame(Kind::leave));
    }
    if (!size_was_known) output_.ranks(ranks_.size());
    connection.rank = welcome.rank;
    expect_more();
    if (ending_) connection.send(link::frame(Kind::end, signal_ != 0 ? signal_ : SIGTERM));
    if (let_go_) connection.send(link::frame(Kind::leave));
    if (welcome.rank == 0 && input_ended_) connection.send(link::frame(Kind::input_end));
    if (ranks_.all_here() && what_.options.show_map) show_map();
}

// The ranks run, but each is alone in its world.
void Supervisor::refuse(const std::string& text) {
    if (verdict_ == 0) output_.say(text);
    verdict_ = wrong_command_line;
    end_all(SIGTERM);
}

void Supervisor::loaded(int rank, const std::string& library) {
    const Linked found = linked_mpi({{library.substr(library.rfind('/') + 1), library}});
    if (found.mpi == Mpi::none || found.mpi == what_.family) return;
    refuse(
        fmt::format("rank {} has loaded {} ({}), but {} started it, so each rank is alone: start it with --engine {}",
                    rank, name(found), library, what_.engine, found.mpi == Mpi::mpich ? "hydra" : "openmpi"));
}

void Supervisor::rank_ended(Channel& connection, const link::Ended& how) {
    ranks_.ended(connection.rank, how);
    if (how.asked || how.by_engine || status_of(how) == 0) return;
    failed(connection.rank);
}

void Supervisor::failed(int rank) {
    const bool by_itself = left_by_itself(ranks_.rank(rank));
    if (!by_itself && !card_shown_ && !ending_) {
        card_shown_ = true;
        for (const auto& line : crash_card(ranks_, rank, what_.options.program)) output_.say(line);
    }
    if (!ending_ && !end_at_) end_at_ = clock::now() + (by_itself ? own_end : 0ms);
}

void Supervisor::lost(Channel& connection) {
    connection.close();
    const int rank = connection.rank;
    if (rank < 0) return;
    output_.close(rank);
    if (ranks_.rank(rank).closed) return;
    const bool told = ranks_.rank(rank).ended;
    ranks_.lost(rank);
    if (!told) failed(rank);
    if (ranks_.all_closed()) let_go();
}

void Supervisor::end_all(int signal) {
    end_at_.reset();
    missed_at_.reset();
    ending_ = true;
    for (auto& connection : connections_) connection.send(link::frame(Kind::end, signal));
    if (!give_up_at_) give_up_at_ = clock::now() + what_.options.grace + shims_end;
    // Where not all ranks have come, the engine may still be busy with starting them.
    if (!ranks_.all_here() && !engine_deadline_ && !engine_gone_) engine_deadline_ = clock::now();
}

// All ranks have ended: their shims may go, and with them the engine.
void Supervisor::let_go() {
    if (let_go_) return;
    let_go_ = true;
    limit_.reset();
    end_at_.reset();
    for (auto& connection : connections_) connection.send(link::frame(Kind::leave));
    if (!engine_gone_) engine_deadline_ = clock::now() + engine_ends;
}

// From the terminal a signal goes to the whole process group, and `timeout` and shells send to us and to the group: the
// same signal again at once is no second request.
void Supervisor::on_signal(const signalfd_siginfo& info) {
    const int signal = static_cast<int>(info.ssi_signo);
    if (signal == SIGUSR1 || signal == SIGUSR2) {
        for (auto& connection : connections_) connection.send(link::frame(Kind::signal, signal));
        return;
    }
    if (signal == SIGTSTP) return suspend();
    const auto now = clock::now();
    if (signal == signal_ && signal_at_ && now - *signal_at_ < 200ms) return;
    signal_at_ = now;
    const bool first = signal_ == 0;
    if (first) signal_ = signal;
    end_all(first ? signal : SIGKILL);
    if (!first) give_up_at_ = std::min(give_up_at_.value_or(now + 1s), now + 1s);
}

// Ctrl-Z in a terminal: the ranks rest as we do, and go on with fg or bg. Where no shell could wake us, the kernel does
// not stop us.
void Supervisor::suspend() {
    const auto tell = [&](int signal) {
        for (auto& connection : connections_) {
            connection.send(link::frame(Kind::signal, signal));
            connection.flush();
        }
    };
    const auto before = clock::now();
    sigset_t stop;
    ::sigemptyset(&stop);
    ::sigaddset(&stop, SIGTSTP);
    tell(SIGSTOP);
    ::raise(SIGTSTP);
    ::sigprocmask(SIG_UNBLOCK, &stop, nullptr);
    ::sigprocmask(SIG_BLOCK, &stop, nullptr);
    tell(SIGCONT);
    for (time* one : {&limit_, &missed_at_})
        if (*one) **one += clock::now() - before;
}

void Supervisor::watch_deadlines() {
    const auto now = clock::now();
    const auto reached = [&](time& one) {
        if (!one || now < *one) return false;
        one.reset();
        return true;
    };
    if (output_.broken() && !ending_) {  // as a program of its own would end
        signal_ = SIGPIPE;
        end_all(SIGTERM);
    }
    if (reached(limit_)) {
        verdict_ = timed_out;
        const std::string running = ranks_.still_running();
        const std::string missing = ranks_.missing();
        output_.say(fmt::format(
            "the time limit of {:g} s is over; {}{}", static_cast<double>(what_.options.timeout.count()) / 1'000,
            running.empty() ? "no rank ran" : fmt::format("rank {} still ran and was asked to end", running),
            missing.empty() ? "" : fmt::format("; {} had not started rank {}", what_.engine, missing)));
        end_all(SIGTERM);
    }
    if (reached(missed_at_)) say_missing();
    if (reached(end_at_)) end_all(SIGTERM);
    if (reached(give_up_at_)) {
        for (auto& connection : connections_) lost(connection);
        hard_ = true;
        if (!engine_gone_ && !engine_deadline_) engine_deadline_ = now;
    }
    if (reached(engine_deadline_) && !engine_gone_) {
        hard_ = true;
        ::kill(engine_.pid, ++engine_asked_ <= 2 ? SIGTERM : SIGKILL);
        engine_deadline_ = now + asked_again;
    }
}

}  // namespace hecaton::launcher
