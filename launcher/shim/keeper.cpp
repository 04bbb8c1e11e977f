#include <launcher/shim/keeper.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <exception>

#include <launcher/base/poll_set.hpp>
#include <launcher/base/refusal.hpp>
#include <launcher/base/signal_file.hpp>
#include <launcher/cleanup/orphans.hpp>
#include <launcher/cleanup/segments.hpp>
#include <launcher/link/channel.hpp>
#include <launcher/shim/crowding.hpp>
#include <launcher/shim/engine_end.hpp>
#include <launcher/shim/input.hpp>
#include <launcher/shim/rank_process.hpp>
#include <launcher/shim/rank_time.hpp>
#include <launcher/shim/terminal.hpp>
#include <launcher/watch/helpers.hpp>
#include <launcher/watch/last_look.hpp>
#include <launcher/watch/loaded_mpi.hpp>
#include <launcher/watch/prompt_finalize.hpp>
#include <launcher/watch/standstill.hpp>

namespace hecaton::launcher {
namespace {

using link::Kind;
using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;
constexpr std::size_t enough_waiting = 256 * 1024;  // bytes for a launcher that is slow; the rank then waits too
constexpr auto helpers_look = 10ms;
constexpr auto killed_again = 1s;

// How far the rank has come.
enum class Stage {
    running,
    ended,   // the processes that it has started may still run
    closed,  // all of them have ended, and the launcher was told, or will be with what waits to be sent
};

class Keeper {
  public:
    Keeper(const link::Address& address, Descriptor socket, bool local, Descriptor stub)
        : grace_(address.grace),
          link_timeout_(address.link_timeout),
          channel_(std::move(socket)),
          stub_(std::move(stub)),
          hello_(introduce(address)),
          watch_(address.watch_mpi),
          last_look_(address.show_calls) {
        ::fcntl(channel_.socket(), F_SETFL, ::fcntl(channel_.socket(), F_GETFL) | O_NONBLOCK);
        if (local) widen(channel_.socket(), enough_waiting);  // a burst of output does not wait for the launcher's turn
    }

    // Returns the rank's status, or 128+n.
    int run(char** argv, RankStart with) {
        adopt_orphans();
        with.with_input = hello_.rank == 0;
        with.timer_slack = timer_slack(crowding_);
        rank_ = start_rank(argv, with);
        hello_.pid = rank_.pid;
        tell(Kind::hello, link::encode(hello_));
        if (rank_.pid == 0) could_not_start(argv[0]);
        while (!done()) step();
        return ended_.signal > 0 ? 128 + ended_.signal : ended_.status;
    }

    // After an exception of run(): the rank cannot be served any more, and the launcher is told why.
    int give_up(const char* fault) {
        if (stage_ == Stage::running) {
            ended_.signal = SIGKILL;
            ended_.fault = fault;
            tell(Kind::ended, link::encode(ended_));
        }
        if (stage_ != Stage::closed) tell(Kind::closed);
        if (alive()) ::kill(-rank_.pid, SIGKILL);
        signal_children(SIGKILL);
        channel_.send_rest(link_timeout_);
        return 128 + SIGKILL;
    }

    // The connection to the launcher; closed where that is gone.
    Channel& channel() { return channel_; }

  private:
    bool alive() const { return rank_.pid > 0 && stage_ == Stage::running; }
    bool ended_well() const { return ended_.status == 0 && ended_.signal == 0; }
    bool done() const {
        if (stage_ != Stage::closed) return false;
        if (!channel_.open()) return true;
        // The engine takes a rank without MPI_Finalize for a failure, and ends the others, as far as they still run.
        const bool unfinalized = ended_.serving || last_look_.notes().stage() == detail::RankStage::unfinalized;
        const bool nobody_waits = ended_well() && !unfinalized && !goodbye_until_;
        return channel_.waiting() == 0 && (may_leave_ || !stub_ || nobody_waits);
    }

    void tell(Kind kind, std::string_view body = {}) { channel_.queue(link::frame(kind, body)); }

    void could_not_start(const char* program) {
        say_problem(ended_, program, rank_.problem);
        stage_ = Stage::closed;
        tell(Kind::ended, link::encode(ended_));
        tell(Kind::closed);
    }

    void step() {
        const bool room = channel_.waiting() < enough_waiting;
        PollSet files;
        files.add(signals_.get(), POLLIN);
        files.add(room ? rank_.output.get() : -1, POLLIN, [this](short) { pass_on(rank_.output, Kind::output, 1); });
        files.add(room ? rank_.error.get() : -1, POLLIN, [this](short) { pass_on(rank_.error, Kind::error, 1); });
        files.add(channel_.socket(), POLLIN | (channel_.waiting() > 0 ? POLLOUT : 0),
                  [this](short) { serve_launcher(); });
        files.add(input_.empty() ? -1 : rank_.input.get(), POLLOUT, [this](short) { give_input(); });
        files.add(stub_.get(), POLLIN, [this](short) {  // only the stub holds the other end
            stub_.reset();
            if (alive() && !end_at_) end_at_ = clock::now() + own_end();
        });
        files.wait(next_look());
        files.serve();
        while (signals_.next()) continue;
        reap();
        watch_deadlines();
        if (!channel_.flush()) launcher_is_gone();
    }

    Deadline next_look() const {
        if (stage_ == Stage::ended) return clock::now() + helpers_look;
        const Deadline end = earlier(earlier(end_at_, kill_at_), goodbye_until_);
        const Deadline look = earlier(earlier(watch_.next(), prompt_.next()), last_look_.next_look());
        return alive() ? earlier(earlier(end, still_.next()), look) : end;
    }

    // Reads up to `parts` frames of a stream.
    void pass_on(Descriptor& from, Kind kind, int parts) {
        std::array<char, link::largest_body> buffer;
        for (int part = 0; from && part < parts; ++part) {
            const auto size = read_available(from, buffer.data(), buffer.size());
            if (size == 0) return;
            tell(kind, {buffer.data(), size});
        }
    }

    void serve_launcher() {
        if (!channel_.receive()) return launcher_is_gone();
        while (const auto frame = channel_.next()) obey(*frame);
    }

    void obey(const link::Frame& frame) {
        switch (frame.kind) {
            case Kind::signal:
                if (alive()) signal_rank(rank_.pid, link::number(frame.body), last_look_.running_item().time());
                still_.signalled(link::number(frame.body));
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
            case Kind::interrupt:
                tell(Kind::interrupt_answered,
                     alive() && last_look_.running_item().take_interrupt(rank_.pid) ? "1" : "0");
                break;
            case Kind::ask_progress:
            case Kind::ask_item:
                channel_.queue(last_look_.answer(frame.kind));
                break;
            case Kind::lost:
                last_look_.notes().add(link::decode_loss(frame.body));
                still_.another_is_lost(clock::now());
                break;
            default:
                return tell_time(frame, last_look_.running_item().time(), alive() ? rank_.pid : 0);
        }
    }

    void give_input() {
        if (const auto taken = input_.give(rank_.input); taken > 0) tell(Kind::taken, std::to_string(taken));
    }

    void launcher_is_gone() {
        channel_.close();
        end(SIGTERM);
    }

    void end(int signal) {
        const bool engine_wants_it = end_at_ && !stub_;
        end_at_.reset();
        if (!alive()) return;
        if (!ended_.asked && !ended_.by_engine) ended_.item = last_look_.item();
        if (!ended_.asked) (engine_wants_it ? ended_.by_engine : ended_.asked) = true;
        ::kill(-rank_.pid, signal);
        ::kill(-rank_.pid, SIGCONT);  // a stopped one could not end
        if (signal != SIGKILL && !kill_at_) kill_at_ = clock::now() + grace_;
    }

    void reap() {
        int result = 0;
        pid_t child = 0;
        rusage used{};
        while ((child = ::wait4(-1, &result, WNOHANG | WUNTRACED | WCONTINUED, &used)) > 0) {
            if (child != rank_.pid || !alive()) continue;
            if (WIFEXITED(result) || WIFSIGNALED(result)) {
                rank_ended(result, used);
                continue;
            }
            still_.changed(result, clock::now());
            if (WIFSTOPPED(result) && (WSTOPSIG(result) == SIGTTIN || WSTOPSIG(result) == SIGTTOU)) tell(Kind::stopped);
        }
        if (stage_ != Stage::ended) return;
        if (child < 0 && errno == ECHILD) return close();
        helpers_.end(clock::now(), !channel_.open() || !stub_, ended_well());
    }

    void rank_ended(int result, const rusage& used) {
        stage_ = Stage::ended;
        end_at_.reset();
        kill_at_.reset();
        helpers_.rank_ended(clock::now());
        last_look_.fill_in(ended_, result, used);
        if (ended_.signal > 0 && !ended_.asked && hydra_ended_it(stub_)) ended_.by_engine = true;
        pass_on(rank_.output, Kind::output, 8);  // its last words come before its end
        pass_on(rank_.error, Kind::error, 8);
        channel_.queue(last_look_.last_answers());
        tell(Kind::ended, link::encode(ended_));
        channel_.flush();  // what follows may take seconds, and the batch system may kill the shim meanwhile
    }

    void close() {
        if (!rank_.terminal) pass_on(rank_.output, Kind::output, 64);
        const std::string rest = rank_.terminal ? rest_of(rank_.output, rank_.terminal) : std::string();
        for (std::size_t at = 0; at < rest.size(); at += link::largest_body)
            tell(Kind::output, std::string_view(rest).substr(at, link::largest_body));
        pass_on(rank_.error, Kind::error, 64);
        if (const char* job = std::getenv("PMIX_NAMESPACE")) remove_segments(job);
        tell(Kind::closed, helpers_.outlived_by());
        stage_ = Stage::closed;
        if (crowding_.crowded()) goodbye_until_ = clock::now() + time_for_goodbye(crowding_);
    }

    void watch_deadlines() {
        const auto now = clock::now();
        const auto reached = [&](const Deadline& deadline) { return deadline && now >= *deadline; };
        if (reached(end_at_)) end(SIGTERM);
        if (reached(goodbye_until_)) goodbye_until_.reset();
        if (alive() && reached(watch_.next()))
            if (const auto library = watch_.look(rank_.pid); !library.empty()) tell(Kind::library, library);
        if (alive() && reached(prompt_.next())) prompt_.look(rank_.pid);
        if (alive() && reached(last_look_.next_look())) channel_.queue(last_look_.look(now));
        if (alive() && reached(still_.next())) end_standstill(still_.look(now));
        if (!reached(kill_at_)) return;
        kill_at_ = now + killed_again;
        if (alive()) ::kill(-rank_.pid, SIGKILL);
    }

    void end_standstill(Standstill::Verdict what) {
        if (what == Standstill::Verdict::fine) return;
        (what == Standstill::Verdict::hung ? ended_.hung : ended_.asked) = true;
        ::kill(-rank_.pid, SIGKILL);
    }

    const std::chrono::milliseconds grace_;
    const std::chrono::milliseconds link_timeout_;
    const Crowding crowding_ = crowding_here();
    Channel channel_;
    Descriptor stub_;
    SignalFile signals_{{SIGCHLD}};
    link::Hello hello_;
    MpiWatch watch_;
    PromptFinalize prompt_;
    RankInput input_;
    LastLook last_look_;
    Standstill still_{last_look_.notes(), link_timeout_};
    RankProcess rank_;
    Stage stage_ = Stage::running;
    bool may_leave_ = false;  // the launcher wants nothing more of us
    link::Ended ended_;
    Deadline end_at_;   // the engine wants the rank to end: ask it then
    Deadline kill_at_;  // it was asked
    Deadline goodbye_until_;
    Helpers helpers_{grace_};
};

}  // namespace

int keep_rank(char** argv, const link::Address& address, Descriptor socket, bool local, Descriptor stub,
              Session& session, const sigset_t& mask) {
    Keeper keeper(address, std::move(socket), local, std::move(stub));
    int status = 0;
    try {
        status = keeper.run(argv, start_as(address, local, mask));
    } catch (const std::exception& fault) {
        status = keeper.give_up(fault.what());
    }
    if (!keeper.channel().open()) session.leave();
    if (!local) close_when_read(keeper.channel().release(), address.link_timeout);
    return status;
}

}  // namespace hecaton::launcher
