#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <hecaton/attendant/attendant.hpp>
#include <hecaton/attendant/mpirun_words.hpp>
#include <hecaton/attendant/rank_input.hpp>
#include <hecaton/attendant/rank_pages.hpp>
#include <hecaton/attendant/relay.hpp>
#include <hecaton/foundation/descriptor.hpp>
#include <hecaton/foundation/host.hpp>
#include <hecaton/foundation/log.hpp>
#include <hecaton/foundation/subprocess.hpp>
#include <optional>
#include <sstream>
#include <utility>

namespace hecaton::detail::attendant {
namespace {

// The number of a descriptor with the words of the command, and the number of ranks.
constexpr const char* attendant_variable = "HECATON_ATTENDANT";
constexpr int cannot_be_executed = 126;

constexpr auto same_interrupt = std::chrono::milliseconds(200);
constexpr int look_again = 300;  // milliseconds
// mpirun that is asked to end crashes or hangs in PMIx_server_finalize now and then; its ranks are gone by then.
constexpr auto patience = std::chrono::seconds(5);

// The folder that an mpirun of Open MPI 4 which has crashed leaves behind.
void remove_session(pid_t mpirun) {
    namespace fs = std::filesystem;
    std::error_code ignored;
    const fs::path user = fs::temp_directory_path(ignored) / fmt::format("ompi.{}.{}", host::name(), ::geteuid());
    fs::remove_all(user / fmt::format("pid.{}", mpirun), ignored);
    fs::remove(user, ignored);  // where it is empty
}

// Those that ask to end, and others. One that was ignored when we were started (nohup) stays ignored.
sigset_t awaited_signals() {
    sigset_t awaited;
    ::sigemptyset(&awaited);
    for (const int signal : {SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGALRM, SIGXCPU, SIGUSR1, SIGUSR2, SIGTSTP}) {
        struct sigaction now {};
        if (::sigaction(signal, nullptr, &now) == 0 && now.sa_handler != SIG_IGN) ::sigaddset(&awaited, signal);
    }
    return awaited;
}

class Attendant {
  public:
    Attendant(std::vector<std::string> words, int ranks)
        : words_(std::move(words)), ranks_(ranks), pages_(ranks), awaited_(awaited_signals()) {}

    int run() {
        ::signal(SIGCHLD, SIG_DFL);  // or the kernel would keep no status
        ::sigaddset(&awaited_, SIGCHLD);
        ::sigprocmask(SIG_BLOCK, &awaited_, &before_);
        ::signal(SIGPIPE, SIG_IGN);
        signals_.reset(::signalfd(-1, &awaited_, SFD_NONBLOCK | SFD_CLOEXEC));
        if (!start()) return cannot_be_executed;
        while (mpirun_ > 0 || !out_.waiting.empty() || !errors_.waiting.empty()) step();
        return conclude();
    }

  private:
    bool start() {
        auto out = make_pipe();
        auto errors = make_pipe();
        const pid_t parent = ::getpid();
        mpirun_ = out.read && errors.read && signals_ ? ::fork() : -1;
        if (mpirun_ == 0) become_mpirun(out.write.get(), errors.write.get(), parent);
        if (mpirun_ < 0) log::line(fmt::format("mpirun cannot be started: {}", std::strerror(errno)));
        out_.from = std::move(out.read);
        errors_.from = std::move(errors.read);
        words_of_mpirun_.is_of(mpirun_);
        for (const Relay* relay : {&out_, &errors_}) ::fcntl(relay->from.get(), F_SETFL, O_NONBLOCK);
        return mpirun_ > 0;
    }

    [[noreturn]] void become_mpirun(int out, int errors, pid_t parent) {
        ::setpgid(0, 0);  // a terminal's Ctrl-C is passed on, once
        ::prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (::getppid() != parent) ::_exit(128 + SIGTERM);
        ::dup2(::open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
        ::dup2(out, STDOUT_FILENO);
        ::dup2(errors, STDERR_FILENO);
        ::signal(SIGPIPE, SIG_DFL);
        ::sigprocmask(SIG_SETMASK, &before_, nullptr);
        ::execv(words_[0].c_str(), pointers(words_).data());
        log::line(fmt::format("{} cannot be run: {}", words_[0], std::strerror(errno)));
        ::_exit(cannot_be_executed);
    }

    void step() {
        const auto readable = [](const Relay& relay) { return relay.waiting.empty() ? relay.from.get() : -1; };
        const auto writable = [](const Relay& relay) { return relay.waiting.empty() ? -1 : relay.to; };
        std::array<pollfd, 7> files{{{signals_.get(), POLLIN, 0},
                                     {readable(out_), POLLIN, 0},
                                     {readable(errors_), POLLIN, 0},
                                     {writable(out_), POLLOUT, 0},
                                     {writable(errors_), POLLOUT, 0},
                                     {input_.readable(), POLLIN, 0},
                                     {input_.writable(), POLLOUT, 0}}};
        ::poll(files.data(), files.size(), asked_ != 0 || !input_.is_ours() ? look_again : -1);
        if (files[1].revents != 0) read_out();
        if (files[2].revents != 0) read_errors();
        if (files[3].revents != 0) out_.write();
        if (files[4].revents != 0) errors_.write();
        if (files[5].revents != 0) input_.read();
        if (files[6].revents != 0) input_.write();
        signalfd_siginfo signal{};
        while (::read(signals_.get(), &signal, sizeof signal) == sizeof signal)
            take_signal(static_cast<int>(signal.ssi_signo));
        if (out_.problem == EPIPE && asked_ == 0) ask_to_end(SIGPIPE);  // as if we had written ourselves
        if (asked_ != 0 && mpirun_ > 0 && std::chrono::steady_clock::now() - asked_at_ > patience)
            ::kill(mpirun_, SIGKILL);
    }

    bool read_out() {
        return out_.read([](std::string_view text) { return std::string(text); });
    }

    bool read_errors() {
        return errors_.read([this](std::string_view text) { return words_of_mpirun_.add(text); });
    }

    void ask_to_end(int signal) {
        if (asked_ != 0 && mpirun_ == 0) ::_exit(128 + asked_);  // only our readers are missing
        if (asked_ == 0) asked_at_ = std::chrono::steady_clock::now();
        if (asked_ == 0) asked_ = signal;
        words_of_mpirun_.end_is_known();
        if (mpirun_ > 0) ::kill(mpirun_, SIGTERM);
    }

    void take_signal(int signal) {
        switch (signal) {
            case SIGCHLD:
                return reap();
            case SIGTSTP:
                if (mpirun_ > 0) ::kill(mpirun_, SIGSTOP);
                ::raise(SIGSTOP);
                if (mpirun_ > 0) ::kill(mpirun_, SIGCONT);
                return;
            case SIGUSR1:
            case SIGUSR2:
                if (mpirun_ > 0) ::kill(mpirun_, signal);
                return;
            case SIGINT:
                if (was_interrupted_now()) return;
                [[fallthrough]];
            default:
                return ask_to_end(signal);
        }
    }

    // A rank takes the first Ctrl-C, or has just taken it: a terminal and `timeout` may send the same one twice.
    bool was_interrupted_now() {
        const auto now = std::chrono::steady_clock::now();
        if (interrupted_at_) return now - *interrupted_at_ < same_interrupt;
        if (asked_ == 0 && pages_.take_interrupt()) interrupted_at_ = now;
        return interrupted_at_.has_value();
    }

    // All that it has said is in its pipes when it has ended.
    void reap() {
        if (mpirun_ == 0 || ::waitpid(mpirun_, &result_, WNOHANG) != mpirun_) return;
        if (WIFSIGNALED(result_)) remove_session(std::exchange(mpirun_, 0));
        mpirun_ = 0;
        while (read_out()) {
        }
        while (read_errors()) {
        }
        errors_.waiting += words_of_mpirun_.rest();
    }

    int conclude() const {
        if (asked_ != 0) return 128 + asked_;
        if (out_.problem != 0) {
            log::line(fmt::format("standard output: {}; what came after that is lost", std::strerror(out_.problem)));
            return 1;
        }
        const int status = WIFSIGNALED(result_) ? 128 + WTERMSIG(result_) : WEXITSTATUS(result_);
        const int rank = words_of_mpirun_.killed_rank();
        if (WIFEXITED(result_) && status > 128 && rank >= 0) {
            const int signal = status - 128;
            const char* const name = ::sigabbrev_np(signal);
            log::line(fmt::format("rank {} of {} on {} was ended by signal {}, {} ({})", rank, ranks_,
                                  words_of_mpirun_.killed_on(), signal,
                                  name != nullptr ? fmt::format("SIG{}", name) : "signal", ::strsignal(signal)));
            if (const auto item = pages_.item_of(rank); !item.empty()) log::line("  " + item);
        } else if (WIFSIGNALED(result_)) {
            log::line(fmt::format("mpirun was ended by signal {}", WTERMSIG(result_)));
        } else if (status != 0 && !words_of_mpirun_.explained()) {
            log::line(fmt::format("the ranks ended with status {}", status));
        }
        return status;
    }

    std::vector<std::string> words_;
    int ranks_;
    RankPages pages_;
    RankInput input_;
    sigset_t awaited_;
    sigset_t before_{};
    Descriptor signals_;
    Relay out_{STDOUT_FILENO};
    Relay errors_{STDERR_FILENO};
    MpirunWords words_of_mpirun_;
    pid_t mpirun_ = 0;
    int result_ = 0;
    int asked_ = 0;  // the signal that has asked us to end
    std::chrono::steady_clock::time_point asked_at_;
    std::optional<std::chrono::steady_clock::time_point> interrupted_at_;
};

std::vector<std::string> read_words(int descriptor) {
    std::string text;
    std::array<char, 4096> buffer;
    for (ssize_t count = 0; (count = ::read(descriptor, buffer.data(), buffer.size())) > 0;)
        text.append(buffer.data(), static_cast<std::size_t>(count));
    std::vector<std::string> words;
    std::istringstream stream(text);
    for (std::string word; std::getline(stream, word, '\0');) words.push_back(word);
    return words;
}

// In the process that the variable is meant for, before main().
[[gnu::constructor]] void attend_if_told() {
    const char* const text = std::getenv(attendant_variable);
    int number = -1;
    int ranks = 0;
    if (text == nullptr || std::sscanf(text, "%d %d", &number, &ranks) != 2) return;  // NOLINT(cert-err34-c): 2 says it
    ::unsetenv(attendant_variable);
    const Descriptor list(number);
    try {
        std::vector<std::string> words = read_words(list.get());
        if (!words.empty()) ::_exit(Attendant(std::move(words), std::max(ranks, 1)).run());
    } catch (const std::exception& error) {
        log::line(error.what());
    }
    ::_exit(cannot_be_executed);
}

// A file with the words, each with a 0 behind it.
Descriptor file_of_words(const std::vector<std::string>& words) {
    Descriptor file(::memfd_create("hecaton-command", 0));
    for (const std::string& word : words)
        if (::write(file.get(), word.c_str(), word.size() + 1) != static_cast<ssize_t>(word.size() + 1)) return {};
    ::lseek(file.get(), 0, SEEK_SET);
    return file;
}

}  // namespace

void become_attendant(const std::vector<std::string>& mpirun, int ranks, std::vector<std::string> program,
                      std::vector<std::string> environment) {
    const Descriptor list = file_of_words(mpirun);
    if (!list) return;
    environment.push_back(fmt::format("{}={} {}", attendant_variable, list.get(), ranks));
    ::execve(program.front().c_str(), pointers(program).data(), pointers(environment).data());
}

}  // namespace hecaton::detail::attendant
