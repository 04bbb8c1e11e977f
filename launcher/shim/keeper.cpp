#include <launcher/shim/keeper.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <hecaton/foundation/cgroup.hpp>
#include <optional>

#include <launcher/base/refusal.hpp>
#include <launcher/cleanup/orphans.hpp>
#include <launcher/cleanup/segments.hpp>
#include <launcher/shim/input.hpp>
#include <launcher/shim/loaded_mpi.hpp>
#include <launcher/shim/prompt_finalize.hpp>
#include <launcher/shim/rank_process.hpp>
#include <launcher/shim/running_item.hpp>
#include <launcher/shim/terminal.hpp>

namespace hecaton::launcher {
namespace {

using link::Kind;
using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr std::size_t enough_waiting = 256 * 1024;  // bytes for a launcher that is slow; the rank then waits too
constexpr auto own_end = 250ms;   // a rank that called MPI_Abort ends by itself within that, and its status counts
constexpr auto helpers_end = 1s;  // what helpers of a rank that has ended get to end by themselves

// One rank from its start to its end.
class Keeper {
  public:
    Keeper(const link::Address& address, Descriptor channel, bool local, Descriptor stub, const sigset_t& mask)
        : grace_(address.grace),
          link_timeout_(address.link_timeout),
          local_(local),
          channel_(std::move(channel)),
          stub_(std::move(stub)),
          mask_(mask),
          hello_(introduce(address.token)),
          watch_(address.watch_mpi),
          open_files_(local ? address.open_files : 0) {
        ::fcntl(channel_.get(), F_SETFL, ::fcntl(channel_.get(), F_GETFL) | O_NONBLOCK);
        if (local) {  // so that a burst of output does not wait for the launcher's turn
            const int size = static_cast<int>(enough_waiting);
            ::setsockopt(channel_.get(), SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
        }
    }

    int run(char** argv) {
        sigset_t children;
        ::sigemptyset(&children);
        ::sigaddset(&children, SIGCHLD);
        signals_.reset(::signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK));
        adopt_orphans();
        memory_kills_ = detail::cgroup::out_of_memory_kills();
        rank_ = start_rank(argv, hello_.rank == 0, mask_, open_files_);
        hello_.pid = rank_.pid;
        outgoing_ += link::frame(Kind::hello, link::encode(hello_));
        if (rank_.pid == 0) could_not_start(argv[0]);
        while (!done()) step();
        if (!local_) close_when_read(channel_, link_timeout_);
        return ended_.signal > 0 ? 128 + ended_.signal : ended_.status;
    }
    bool launcher_was_lost() const { return !channel_; }

  private:
    bool alive() const { return rank_.pid > 0 && !has_ended_; }
    bool ended_well() const { return ended_.status == 0 && ended_.signal == 0; }
    bool done() const {
        if (!closed_) return false;
        if (!channel_) return true;
        return outgoing_.empty() && (may_leave_ || !stub_ || ended_well());
    }

    void send(Kind kind, std::string_view body) {
        if (channel_) outgoing_ += link::frame(kind, body);
    }

    void could_not_start(const char* program) {
        const bool not_there = rank_.problem == ENOENT && ::access(program, F_OK) != 0;
        ended_.status = not_there ? not_found : not_executable;
        ended_.reason = rank_.problem;
        ended_.problem = fmt::format("{}: {}", program, std::strerror(rank_.problem));
        has_ended_ = true;
        send(Kind::ended, link::encode(ended_));
        send(Kind::closed, {});
        closed_ = true;
    }

    void step() {
        const bool room = outgoing_.size() < enough_waiting;
        std::array<pollfd, 6> files{
            {{signals_.get(), POLLIN, 0},
             {stub_.get(), POLLIN, 0},
             {channel_.get(), static_cast<short>(POLLIN | (outgoing_.empty() ? 0 : POLLOUT)), 0},
             {room ? rank_.output.get() : -1, POLLIN, 0},
             {room ? rank_.error.get() : -1, POLLIN, 0},
             {input_.empty() ? -1 : rank_.input.get(), POLLOUT, 0}}};
        ::poll(files.data(), files.size(), wait_for());
        if (files[3].revents) take_output(rank_.output, Kind::output, 1);
        if (files[4].revents) take_output(rank_.error, Kind::error, 1);
        if (files[2].revents) serve_channel();
        if (files[5].revents) give_input();
        if (files[1].revents) {  // only the stub holds the other end
            stub_.reset();
            if (alive() && !term_at_) term_at_ = clock::now() + own_end;
        }
        signalfd_siginfo info{};
        while (::read(signals_.get(), &info, sizeof info) > 0) {
        }
        reap();
        watch_deadlines();
        flush();
    }

    int wait_for() const {
        if (has_ended_ && !closed_) return 10;  // for what the rank has left behind
        auto next = term_at_;
        for (const auto& other :
             {kill_at_, alive() ? watch_.next() : std::nullopt, alive() ? prompt_.next() : std::nullopt})
            if (other && (!next || *other < *next)) next = other;
        if (!next) return -1;
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(*next - clock::now()).count();
        return static_cast<int>(std::max<long long>(0, left));
    }

    // Reads up to `parts` frames of a stream.
    void take_output(Descriptor& from, Kind kind, int parts) {
        std::array<char, link::largest_body> buffer;
        for (int part = 0; from && part < parts; ++part) {
            const auto size = read_available(from, buffer.data(), buffer.size());
            if (size == 0) return;
            send(kind, {buffer.data(), size});
        }
    }

    void serve_channel() {
        std::array<char, link::largest_body> buffer;
        const auto count = ::recv(channel_.get(), buffer.data(), buffer.size(), 0);
        if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) return launcher_is_gone();
        if (count > 0) reader_.append({buffer.data(), static_cast<std::size_t>(count)});
        while (auto frame = reader_.next()) obey(*frame);
    }

    void obey(const link::Frame& frame) {
        switch (frame.kind) {
            case Kind::signal:
                if (alive()) ::kill(-rank_.pid, link::number(frame.body));
                break;
            case Kind::end:
                end(link::number(frame.body));
                break;
            case Kind::input:
                input_.add(frame.body);
                if (!rank_.input) give_input();
                break;
            case Kind::input_end:
                input_.end();
                if (input_.empty()) give_input();
                break;
            case Kind::leave:
                may_leave_ = true;
                break;
            default:
                break;
        }
    }

    void give_input() {
        if (const auto taken = input_.give(rank_.input); taken > 0) send(Kind::taken, std::to_string(taken));
    }

    void launcher_is_gone() {
        channel_.reset();
        outgoing_.clear();
        may_leave_ = true;
        end(SIGTERM);
    }

    void end(int signal) {
        const bool engine_wants_it = term_at_ && !stub_;
        term_at_.reset();
        if (!alive()) return;
        if (!ended_.asked) (engine_wants_it ? ended_.by_engine : ended_.asked) = true;
        ::kill(-rank_.pid, signal);
        ::kill(-rank_.pid, SIGCONT);  // a stopped one could not end
        if (signal != SIGKILL && !kill_at_) kill_at_ = clock::now() + grace_;
    }

    void reap() {
        int result = 0;
        pid_t who = 0;
        while ((who = ::waitpid(-1, &result, WNOHANG | WUNTRACED)) > 0) {
            if (who != rank_.pid || has_ended_) continue;
            if (!WIFSTOPPED(result))
                rank_ended(result);
            else if (WSTOPSIG(result) == SIGTTIN || WSTOPSIG(result) == SIGTTOU)
                send(Kind::stopped, {});
        }
        if (!has_ended_ || closed_) return;
        if (who < 0 && errno == ECHILD) return close();
        end_helpers();
    }

    void rank_ended(int result) {
        has_ended_ = true;
        term_at_.reset();
        kill_at_.reset();
        ended_at_ = clock::now();
        ended_.signal = WIFSIGNALED(result) ? WTERMSIG(result) : 0;
        ended_.status = WIFEXITED(result) ? WEXITSTATUS(result) : 0;
        if (!ended_well()) ended_.item = item_.look();
        ended_.out_of_memory =
            ended_.signal == SIGKILL && !ended_.asked && detail::cgroup::out_of_memory_kills() > memory_kills_;
        take_output(rank_.output, Kind::output, 8);  // its last words come before its end
        take_output(rank_.error, Kind::error, 8);
        send(Kind::ended, link::encode(ended_));
    }

    // Orphans of the rank are our children; they get time to end by themselves, are asked, and are killed.
    void end_helpers() {
        const auto waited = clock::now() - ended_at_;
        if (waited < helpers_end && channel_ && stub_) return;
        const bool asked = helpers_asked_;
        helpers_asked_ = true;
        const bool kill_them = waited > helpers_end + grace_;
        if (asked && !kill_them) return;
        if (!asked && channel_ && stub_ && ended_well()) outlived_by_ = names_of_children();
        signal_children(kill_them ? SIGKILL : SIGTERM);
    }

    void close() {
        if (!rank_.terminal) take_output(rank_.output, Kind::output, 64);
        const std::string rest = rank_.terminal ? rest_of(rank_.output, rank_.terminal) : std::string();
        for (std::size_t at = 0; at < rest.size(); at += link::largest_body)
            send(Kind::output, std::string_view(rest).substr(at, link::largest_body));
        take_output(rank_.error, Kind::error, 64);
        if (const char* job = std::getenv("PMIX_NAMESPACE")) remove_segments(job);
        send(Kind::closed, outlived_by_);
        closed_ = true;
    }

    void watch_deadlines() {
        const auto now = clock::now();
        if (term_at_ && now >= *term_at_) end(SIGTERM);
        if (alive() && watch_.next() && now >= *watch_.next())
            if (const auto library = watch_.look(rank_.pid); !library.empty()) send(Kind::library, library);
        if (alive() && prompt_.next() && now >= *prompt_.next()) prompt_.look(rank_.pid);
        if (kill_at_ && now >= *kill_at_) {
            kill_at_ = now + 1s;
            if (alive()) ::kill(-rank_.pid, SIGKILL);
        }
    }

    void flush() {
        while (channel_ && !outgoing_.empty()) {
            const auto count = ::send(channel_.get(), outgoing_.data(), outgoing_.size(), MSG_NOSIGNAL);
            if (count > 0) {
                outgoing_.erase(0, static_cast<std::size_t>(count));
                continue;
            }
            if (errno == EINTR) continue;
            if (errno != EAGAIN) launcher_is_gone();
            return;
        }
    }

    std::chrono::milliseconds grace_;
    int link_timeout_;  // milliseconds
    bool local_;
    Descriptor channel_;
    Descriptor stub_;
    Descriptor signals_;
    sigset_t mask_;
    link::Hello hello_;
    MpiWatch watch_;
    int open_files_;
    PromptFinalize prompt_;
    link::FrameReader reader_;
    std::string outgoing_;
    RankInput input_;
    const RunningItem item_;
    RankProcess rank_;
    link::Ended ended_;
    std::optional<clock::time_point> term_at_;
    std::optional<clock::time_point> kill_at_;
    clock::time_point ended_at_;
    std::string outlived_by_;  // names of what it has started, and which did not end with it
    long memory_kills_ = 0;
    bool has_ended_ = false;
    bool helpers_asked_ = false;
    bool closed_ = false;
    bool may_leave_ = false;
};

}  // namespace

int keep_rank(char** argv, const link::Address& address, Descriptor channel, bool local, Descriptor stub,
              Session& session, const sigset_t& mask) {
    Keeper keeper(address, std::move(channel), local, std::move(stub), mask);
    const int status = keeper.run(argv);
    if (keeper.launcher_was_lost()) session.leave();
    return status;
}

}  // namespace hecaton::launcher
