// One process at a time has a journal, whatever became of the one before.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <hecaton/foundation/descriptor.hpp>
#include <hecaton/journal/owner.hpp>
#include <support/catch.hpp>
#include <support/journal.hpp>

using namespace hecaton::test;
using hecaton::detail::make_pipe;
using hecaton::detail::Pipe;
using journal::Alive;
using journal::Journal;
using journal::Owner;

namespace {

// A child that runs `work` and says how it went by its exit status.
template <class Work>
pid_t in_child(Work work) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(work());
    return child;
}

int status_of(pid_t child) {
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

// A child that has the journal open until it is killed, or until it is told to end.
class Other {
  public:
    explicit Other(const journal::Options& options) : ready_(make_pipe()), end_(make_pipe()) {
        pid_ = in_child([&] {
            end_.write.reset();
            const auto file = Journal::open(options);
            add_results(*file, file->begin(journal_call("sweep")), 0, 10);
            file->flush();
            char byte = 'r';
            if (::write(ready_.write.get(), &byte, 1) != 1) return 1;
            return ::read(end_.read.get(), &byte, 1) == 0 ? 0 : 1;
        });
        char byte = 0;
        REQUIRE(::read(ready_.read.get(), &byte, 1) == 1);
    }
    int end() {
        end_.write.reset();
        return status_of(pid_);
    }
    int kill() {
        ::kill(pid_, SIGKILL);
        return status_of(pid_);
    }
    pid_t pid() const { return pid_; }

  private:
    Pipe ready_;
    Pipe end_;
    pid_t pid_ = 0;
};

void write_owner(const Folder& folder, const Owner& owner) { write_file(folder / "j.db-holder", owner.text()); }

}  // namespace

TEST_CASE("a journal that another process has open is refused, and the process is named") {
    const Folder folder;
    auto options = journal_options(folder / "j.db");
    options.assume_network = GENERATE(false, true);
    Other other(options);
    const std::string text = refusal(options);
    CHECK_THAT(text, ContainsSubstring("j.db: process " + std::to_string(other.pid()) + " on "));
    CHECK_THAT(text, ContainsSubstring("uses this journal; wait for its end, or name another file"));
    CHECK(other.end() == 0);
    const auto file = Journal::open(options);
    CHECK(results(*file, file->begin(journal_call("sweep"))).size() == 10);
}

TEST_CASE("the journal of a process that was killed is taken over") {
    const Folder folder;
    auto options = journal_options(folder / "j.db");
    options.assume_network = GENERATE(false, true);
    Other other(options);
    CHECK(other.kill() == -SIGKILL);
    CHECK(std::filesystem::exists(folder / "j.db-holder"));
    {
        const auto file = Journal::open(options);
        CHECK(results(*file, file->begin(journal_call("sweep"))).size() == 10);
    }
    CHECK(folder.names() == std::vector<std::string>{"j.db"});
}

TEST_CASE("one of two processes that open a journal at the same moment gets it") {
    const Folder folder;
    const auto options = journal_options(folder / "j.db");
    const bool of_a_dead_process = GENERATE(false, true);
    for (int round = 0; round < 20; ++round) {
        std::filesystem::remove(folder / "j.db");
        if (of_a_dead_process) {
            Other other(options);
            other.kill();
        }
        const Pipe start = make_pipe();
        const Pipe opened = make_pipe();
        const Pipe end = make_pipe();
        std::vector<pid_t> children;
        for (int i = 0; i < 4; ++i)
            children.push_back(in_child([&] {
                const_cast<Pipe&>(start).write.reset();
                const_cast<Pipe&>(end).write.reset();
                char byte = 0;
                if (::read(start.read.get(), &byte, 1) != 0) return 9;
                try {
                    const auto file = Journal::open(options);
                    if (::write(opened.write.get(), "y", 1) != 1) return 9;
                    return ::read(end.read.get(), &byte, 1) == 0 ? 0 : 9;
                } catch (const hecaton::JournalError&) {
                    return ::write(opened.write.get(), "n", 1) == 1 ? 1 : 9;
                }
            }));
        const_cast<Pipe&>(start).write.reset();
        std::string answers(4, ' ');
        for (char& answer : answers) REQUIRE(::read(opened.read.get(), &answer, 1) == 1);
        CHECK(std::count(answers.begin(), answers.end(), 'y') == 1);
        const_cast<Pipe&>(end).write.reset();
        std::vector<int> statuses;
        for (const pid_t child : children) statuses.push_back(status_of(child));
        std::sort(statuses.begin(), statuses.end());
        CHECK(statuses == std::vector<int>{0, 1, 1, 1});
    }
}

TEST_CASE("a process has a journal once") {
    const Folder folder;
    const auto options = journal_options(folder / "j.db");
    const auto file = Journal::open(options);
    CHECK_THAT(refusal(options), ContainsSubstring("this process has the journal open already"));
    std::filesystem::create_symlink("j.db", folder / "link.db");
    CHECK_THAT(refusal(journal_options(folder / "link.db")),
               ContainsSubstring("this process has the journal open already"));
    add_results(*file, file->begin(journal_call("sweep")), 0, 1);
    CHECK(file->flush());
}

TEST_CASE("only what is known to be gone is taken over") {
    const Folder folder;
    const auto options = journal_options(folder / "j.db");
    const pid_t gone = in_child([] { return 0; });
    status_of(gone);
    Owner owner = Owner::self({});
    CHECK(journal::alive(owner) == Alive::yes);
    CHECK(Owner::parse(owner.text()).text() == owner.text());
    const auto parent = ::getppid();

    SECTION("the process has ended") {
        owner.pid = gone;
        write_owner(folder, owner);
        CHECK(refusal(options).empty());
    }
    SECTION("its number is another process's now") {
        owner.pid = parent;
        owner.started = "1";
        write_owner(folder, owner);
        CHECK(refusal(options).empty());
    }
    SECTION("its machine was started again since") {
        owner.boot = "another";
        write_owner(folder, owner);
        CHECK(refusal(options).empty());
    }
    SECTION("it is of another machine") {
        owner.boot = "another";
        owner.host = "node99";
        owner.job = "88";
        owner.run = "run 7 0";
        write_owner(folder, owner);
        const std::string text = refusal(options);
        CHECK_THAT(text,
                   ContainsSubstring("process " + std::to_string(owner.pid) + " on node99 (job 88) may still use"));
        CHECK_THAT(text, ContainsSubstring("when it has ended, remove " + (folder / "j.db-holder").string()));
        CHECK(content_of(folder / "j.db-holder") == owner.text());
        auto same_time = options;
        same_time.run = owner.run;  // a second program of that very start
        CHECK_FALSE(refusal(same_time).empty());
        auto later = options;
        later.run = "run 7 1";  // whose launcher has seen its end
        CHECK(refusal(later).empty());
    }
    SECTION("it is of another container, and a lock tells") {
        owner.processes = "pid:[1]";
        write_owner(folder, owner);
        CHECK(refusal(options).empty());
    }
    SECTION("the file says nothing") {
        write_file(folder / "j.db-holder", GENERATE(as<std::string>(), "", "host n", std::string(300, '\0')));
        CHECK_THAT(refusal(options), ContainsSubstring("a process that has not said which may still use this journal"));
    }
}

TEST_CASE("a copy of the process leaves the journal alone") {
    const Folder folder;
    const auto options = journal_options(folder / "j.db");
    auto file = Journal::open(options);
    const auto call = file->begin(journal_call("sweep"));
    add_results(*file, call, 0, 10);
    const pid_t child = in_child([&] {
        add_results(*file, call, 100, 10);
        int seen = 0;
        file->find(call, 0, 1'000, [&](const journal::Entry&) { ++seen; });
        if (seen != 0 || file->flush() || file->begin(journal_call("other")) != 0 || !file->problem().empty()) return 1;
        file->items(call, 3);
        file.reset();
        return 0;
    });
    CHECK(status_of(child) == 0);
    CHECK(std::filesystem::exists(folder / "j.db-holder"));
    add_results(*file, call, 10, 10);
    REQUIRE(file->flush());
    CHECK(results(*file, call).size() == 20);
}

TEST_CASE("programs that the process starts do not inherit the journal's files") {
    const Folder folder;
    const auto file = Journal::open(journal_options(folder / "j.db"));
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        std::error_code ignored;
        const auto target = std::filesystem::read_symlink(entry.path(), ignored).string();
        if (target.find(folder.path().string()) == std::string::npos) continue;
        INFO(target);
        CHECK((::fcntl(std::stoi(entry.path().filename()), F_GETFD) & FD_CLOEXEC) != 0);
    }
}
