// The commands of the batch system `local`.
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <hecaton/foundation/descriptor.hpp>
#include <hecaton/foundation/log.hpp>
#include <string>

#include <launcher/base/clock.hpp>
#include <launcher/base/files.hpp>
#include <launcher/base/print.hpp>
#include <launcher/base/refusal.hpp>
#include <launcher/batch/view_lines.hpp>
#include <launcher/local/commands.hpp>
#include <launcher/local/job.hpp>
#include <launcher/local/runner.hpp>

namespace hecaton::launcher {
namespace {

using namespace jobs;
namespace fs = std::filesystem;

constexpr double kept_for = 14 * 86'400.0;  // seconds; the job's own folder stays

// Its own session and group, without a terminal, and out of the way of what has started it.
void leave(const std::string& folder, int kept) {
    ::setsid();
    ::signal(SIGHUP, SIG_IGN);
    const detail::Descriptor nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const detail::Descriptor output(
        ::open((folder + "/batch.out").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
    ::dup2(nothing.get(), STDIN_FILENO);
    ::dup2(output.get(), STDOUT_FILENO);
    ::dup2(output.get(), STDERR_FILENO);
    if (::chdir("/") != 0) return;
    for (const auto& file : entries_of("/proc/self/fd"))
        if (const int number = std::stoi(file.filename().string()); number > STDERR_FILENO && number != kept)
            ::close(number);
}

// The runner's whole life.
[[noreturn]] void run(const std::string& id, const Job& job, const std::string& script, detail::Descriptor ready) try {
    leave(job.folder, ready.get());
    run_local_job(id, job, script, [&] {
        const char yes = 'y';
        if (::write(ready.get(), &yes, 1) == 1) ready.reset();
    });
    ::_exit(0);
} catch (const std::exception& error) {
    detail::log::line(error.what());
    ::_exit(1);
}

int submit(const std::string& folder, const std::string& script) {
    const auto job = read_job(folder);
    if (!job) throw Refusal(fmt::format("{}/job.json cannot be read", folder));
    for (const auto& other : job->request.after)
        if (!read_local(other)) throw Refusal(fmt::format("--after {}: there is no local job of that id", other));
    const std::string id = new_local_id();
    auto pipe = detail::make_pipe();
    const pid_t pid = pipe.read ? ::fork() : -1;
    if (pid < 0) throw Refusal(1, "no process can be started for the job");
    if (pid == 0) {
        pipe.read.reset();
        run(id, *job, script, std::move(pipe.write));
    }
    pipe.write.reset();
    char answer = 0;
    if (::read(pipe.read.get(), &answer, 1) != 1)
        throw Refusal(fmt::format("the job could not begin: {}", text_of(folder + "/batch.out")));
    return print(id + "\n");
}

int list() {
    std::string text;
    const double time = now();
    for (const auto& id : local_ids()) {
        const auto job = read_local(id);
        if (!job) continue;
        double last = 0;
        for (const auto& task : job->tasks) last = std::max(last, task.ended);
        if (job->ended() && last > 0 && time - last > kept_for) {
            std::error_code ignored;
            fs::remove_all(local_folder(id), ignored);
            continue;
        }
        for (const auto& view : views_of(id, *job)) text += batch::view_line(view);
    }
    return print(text);
}

// "12", or "12_3" for a task.
int order(const std::string& what, const std::string& word) {
    const auto line = word.find('_');
    const std::string id = word.substr(0, line);
    const auto job = read_local(id);
    if (!job) throw Refusal(1, fmt::format("{}: there is no local job of that id", word));
    if (job->ended()) return 0;
    const std::string task = line == std::string::npos ? "" : "." + word.substr(line + 1);
    const std::string file = fmt::format("{}/{}{}", local_folder(id), what, task);
    if (!detail::Descriptor(::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666)))
        throw Refusal(1, fmt::format("{} cannot be made", file));
    if (::kill(job->runner.pid, SIGUSR1) != 0)
        throw Refusal(1, fmt::format("{}: its runner does not run any more", word));
    return 0;
}

}  // namespace

int run_local(char** argv) {
    std::vector<std::string> words;
    for (; *argv != nullptr; ++argv) words.emplace_back(*argv);
    if (words.size() == 3 && words[0] == "submit") return submit(words[1], words[2]);
    if (words.size() == 1 && words[0] == "list") return list();
    if (words.size() == 2 && words[0] == "cancel") return order(cancel_file, words[1]);
    if (words.size() == 2 && words[0] == "warn") return order(warn_file, words[1]);
    throw Refusal(wrong_command_line, "commands of the batch system local: submit, list, cancel, warn");
}

}  // namespace hecaton::launcher
