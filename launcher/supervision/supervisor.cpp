#include <launcher/supervision/supervisor.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

#include <launcher/base/refusal.hpp>
#include <launcher/cleanup/leftovers.hpp>
#include <launcher/cleanup/orphans.hpp>
#include <launcher/engines/limits.hpp>

namespace hecaton::launcher {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t input_window = 256 * 1024;  // bytes of input on the way to rank 0
constexpr auto shims_notice = 1s;
constexpr auto background_look = 300ms;  // nothing tells that a shell gives us its terminal, or that it is gone

// A signal that was ignored when we were started (nohup) stays ignored.
sigset_t waited_for() {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGCHLD);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGTSTP}) {
        struct sigaction now {};
        if (::sigaction(signal, nullptr, &now) == 0 && now.sa_handler != SIG_IGN) ::sigaddset(&set, signal);
    }
    return set;
}

}  // namespace

Supervisor::Supervisor(const Supervision& what, Output& output) : what_(what), output_(output), ranks_(what.ranks) {
    if (what.ranks > 0) output_.ranks(what.ranks);
    if (!output_.problem().empty())
        throw Refusal(wrong_command_line, fmt::format("--output-dir: {}", output_.problem()));
}

int Supervisor::run() {
    open_closed_streams();
    adopt_orphans();
    ::signal(SIGPIPE, SIG_IGN);
    const sigset_t set = waited_for();
    sigset_t before;
    ::sigprocmask(SIG_BLOCK, &set, &before);
    ::signal(SIGCHLD, SIG_DFL);  // whoever started us may have ignored it, and then no status would be kept
    signals_.reset(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    listen();
    start(before);
    while (!finished()) step();
    if (hard_) {
        end_children();
        remove_session(engine_.pid, what_.environment);
    }
    pass_on_engine(true);
    say_loss();
    say_ends();
    finish_output();
    return status();
}

// However long it takes, unless somebody wants an end.
void Supervisor::finish_output() {
    constexpr int impatient = 2'000;
    while (output_.waits(Output::out) || output_.waits(Output::err)) {
        std::array<pollfd, 3> files{{{signals_.get(), POLLIN, 0},
                                     {output_.waits(Output::out) ? STDOUT_FILENO : -1, POLLOUT, 0},
                                     {output_.waits(Output::err) ? STDERR_FILENO : -1, POLLOUT, 0}}};
        if (::poll(files.data(), files.size(), signal_ != 0 ? impatient : -1) == 0) return;
        signalfd_siginfo info{};
        while (::read(signals_.get(), &info, sizeof info) > 0)
            if (info.ssi_signo != SIGCHLD) on_signal(info);
        output_.pump(Output::out);
        output_.pump(Output::err);
    }
}

void Supervisor::listen() {
    address_.token = random_token();
    address_.local = "hecaton-" + random_token();
    address_.addresses = what_.addresses;
    address_.grace = static_cast<int>(what_.options.grace.count());
    address_.link_timeout = static_cast<int>(what_.options.link_timeout.count());
    address_.watch_mpi = what_.family != Mpi::none && what_.ranks != 1 &&
                         (what_.program.mpi == Mpi::unknown || what_.program.mpi == Mpi::none);
    local_ = listen_locally(address_.local);
    if (what_.other_machines) far_ = listen_for_others(address_.port);
    address_.open_files = static_cast<int>(raise_open_files(files_for(what_.ranks)));
}

void Supervisor::start(const sigset_t& mask) {
    detail::launch::Command command = what_.command;
    command.environment.emplace_back(link::variable, link::encode(address_));
    engine_ = start_engine(command, what_.environment, mask);
    if (what_.options.timeout.count() > 0) limit_ = clock::now() + what_.options.timeout;
    expect_more();
}

bool Supervisor::finished() const { return engine_gone_ && connections_.empty() && !engine_.output && !engine_.error; }

void Supervisor::step() {
    std::vector<pollfd> files;
    const auto add = [&](int file, short events) { files.push_back({file, events, 0}); };
    const bool room = !output_.full() || signal_ != 0;  // a reader that is stuck must not hold up the end
    add(signals_.get(), POLLIN);
    add(local_.get(), POLLIN);
    add(far_.get(), POLLIN);
    add(engine_.output.get(), POLLIN);
    add(engine_.error.get(), POLLIN);
    add(output_.waits(Output::out) ? STDOUT_FILENO : -1, POLLOUT);
    add(output_.waits(Output::err) ? STDERR_FILENO : -1, POLLOUT);
    add(input_wanted() ? STDIN_FILENO : -1, POLLIN);
    const std::size_t first = files.size();
    for (const auto& connection : connections_)
        add(connection.socket(), static_cast<short>((room ? POLLIN : 0) | (connection.has_to_send() ? POLLOUT : 0)));
    const int ready = ::poll(files.data(), files.size(), wait_for());
    if (output_.has_prompts()) output_.show_prompts(ready == 0);

    signalfd_siginfo info{};
    while (::read(signals_.get(), &info, sizeof info) > 0)
        if (info.ssi_signo != SIGCHLD) on_signal(info);
    reap();
    if (files[1].revents) accept(local_, true);
    if (files[2].revents) accept(far_, false);
    if (files[3].revents) read_engine(engine_.output);
    if (files[4].revents) read_engine(engine_.error);
    if (files[7].revents) read_input();
    std::size_t at = first;
    for (auto connection = connections_.begin(); connection != connections_.end() && at < files.size(); ++at) {
        auto& now = *connection++;
        if (files[at].revents & POLLOUT) now.flush();
        if (files[at].revents & (POLLIN | POLLHUP | POLLERR)) serve(now);
    }
    connections_.remove_if([](const Channel& connection) { return !connection.open(); });
    watch_deadlines();
    pass_on_engine(false);
    output_.pump(Output::out);
    output_.pump(Output::err);
}

int Supervisor::wait_for() const {
    time next;
    const auto consider = [&](const time& one) {
        if (one && (!next || *one < *next)) next = one;
    };
    consider(limit_);
    consider(missed_at_);
    consider(end_at_);
    consider(give_up_at_);
    consider(engine_deadline_);
    if (engine_said_at_) consider(*engine_said_at_ + engine_says_late);
    if (output_.has_prompts()) consider(clock::now() + 100ms);
    if (has_room_for_input() && !input_wanted()) consider(clock::now() + background_look);
    if (!next) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*next - clock::now()).count();
    return static_cast<int>(std::clamp<long long>(left, 0, 60'000));
}

void Supervisor::accept(Descriptor& listener, bool local) {
    for (;;) {
        Descriptor socket(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (!socket) return;
        if (local && !same_user(socket.get())) continue;
        if (!local) watch_link(socket.get(), address_.link_timeout);
        connections_.emplace_back(std::move(socket));
    }
}

// Whatever the engine prints is about itself: the ranks' output comes another way.
void Supervisor::read_engine(Descriptor& from) {
    std::array<char, 16 * 1024> buffer;
    const auto count = ::read(from.get(), buffer.data(), buffer.size());
    if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) from.reset();
    if (count <= 0) return;
    engine_says_.append(buffer.data(), static_cast<std::size_t>(count));
    engine_said_at_ = clock::now();
}

bool Supervisor::has_room_for_input() const {
    if (input_ended_ || ranks_.size() == 0 || !ranks_.rank(0).here || ranks_.rank(0).closed) return false;
    return input_not_taken_ < input_window;
}

bool Supervisor::input_wanted() const {
    if (!has_room_for_input()) return false;
    const pid_t foreground = ::tcgetpgrp(STDIN_FILENO);  // reading a terminal from the background would stop us
    return foreground < 0 || foreground == ::getpgrp();
}

void Supervisor::read_input() {
    std::array<char, link::largest_body> buffer;
    const auto count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count <= 0) input_ended_ = true;
    for (auto& connection : connections_) {
        if (connection.rank != 0) continue;
        if (count > 0) {
            input_not_taken_ += static_cast<std::size_t>(count);
            connection.send(link::frame(link::Kind::input, {buffer.data(), static_cast<std::size_t>(count)}));
        } else {
            connection.send(link::frame(link::Kind::input_end));
        }
    }
}

// Reaps what has ended, orphans that we adopted too.
void Supervisor::reap() {
    int result = 0;
    for (pid_t who = 0; (who = ::waitpid(-1, &result, WNOHANG)) > 0;) {
        if (who != engine_.pid) continue;
        engine_gone_ = true;
        engine_result_ = result;
        engine_deadline_.reset();
        missed_at_.reset();
        if (WIFSIGNALED(result)) {
            hard_ = true;
            if (engine_asked_ == 0 && verdict_ == 0 && signal_ == 0 && !ranks_.first_failure() &&
                !ranks_.all_closed()) {
                verdict_ = 128 + WTERMSIG(result);
                output_.say(
                    fmt::format("{} was ended by signal {}, and the ranks with it", what_.engine, WTERMSIG(result)));
            }
        }
        // Its pipes may be held open by what it has left; all that it said itself is in them by now.
        read_engine(engine_.output);
        read_engine(engine_.error);
        engine_.output.reset();
        engine_.error.reset();
        // A short rank's shim may have come and gone while we were kept from running: all that it said waits here.
        accept(local_, true);
        accept(far_, false);
        local_.reset();
        far_.reset();
        // The shims have seen it too; they know a rank that is just about to end by itself.
        if (!connections_.empty() && !ending_ && !end_at_) end_at_ = clock::now() + shims_notice;
    }
}

int Supervisor::status() const {
    if (verdict_ != 0) return verdict_;
    if (signal_ != 0) return 128 + signal_;
    if (!output_.problem().empty() && ranks_.status() == 0) return 1;
    const bool engine_ended_it = ranks_.all_here() && !ranks_.first_failure() && ranks_.status() != 0;
    if (!engine_ended_it && (ranks_.all_here() || ranks_.first_failure())) return ranks_.status();
    // MPI_Abort may tell its status to the engine alone.
    if (engine_ended_it)
        return WIFEXITED(engine_result_) && WEXITSTATUS(engine_result_) > 0 &&
                       WEXITSTATUS(engine_result_) < not_executable
                   ? WEXITSTATUS(engine_result_)
                   : 1;
    // The engine did not start all ranks; what it says about that is all that is known.
    if (WIFSIGNALED(engine_result_)) return 128 + WTERMSIG(engine_result_);
    return WEXITSTATUS(engine_result_) != 0 ? WEXITSTATUS(engine_result_) : 1;
}

int supervise(const Supervision& what, Output& output) { return Supervisor(what, output).run(); }

}  // namespace hecaton::launcher
