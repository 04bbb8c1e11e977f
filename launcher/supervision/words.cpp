// What is said besides the ranks' own output: where they are, how they ended, and what the engine has said.
#include <fmt/format.h>

#include <algorithm>

#include <launcher/engines/mpirun_text.hpp>
#include <launcher/supervision/card.hpp>
#include <launcher/supervision/supervisor.hpp>

namespace hecaton::launcher {
namespace {

constexpr std::size_t most_of_engine = 64 * 1024;
constexpr int status_of_no_beginning = 1;  // Open MPI 4's where MPI_Init fails

}  // namespace

void Supervisor::show_map() {
    std::size_t width = 4;
    for (int i = 0; i < ranks_.size(); ++i) width = std::max(width, ranks_.rank(i).hello.host.size());
    output_.pass_on(fmt::format("{:>6}  {:{}}  cores\n", "rank", "host", width));
    for (int i = 0; i < ranks_.size(); ++i) {
        const auto& hello = ranks_.rank(i).hello;
        output_.pass_on(fmt::format("{:>6}  {:{}}  {}\n", i, hello.host, width, hello.cores));
    }
}

// Said at the end: who failed, where no card has told it, and why there is a bad status without a failure.
void Supervisor::say_ends() {
    if (!output_.problem().empty()) output_.say(fmt::format("output is missing: {}", output_.problem()));
    if (verdict_ != 0 || signal_ != 0) return;
    if (const auto text = outlived(ranks_); !text.empty() && !what_.options.quiet) output_.say(text);
    const auto first = ranks_.first_failure();
    if (first && !card_shown_) {
        bool explained = false;
        for (int i = 0; i < ranks_.size(); ++i)
            explained |=
                explained_itself(ranks_.rank(i)) && status_of(ranks_.rank(i).how) == status_of(ranks_.rank(*first).how);
        if (explained) return;
        for (const auto& line : crash_card(ranks_, *first, what_.options.program)) output_.say(line);
        const auto others = ranks_.which([&](const Rank& rank) {
            return &rank != &ranks_.rank(*first) && rank.ended && !rank.how.asked && !rank.how.by_engine &&
                   status_of(rank.how) != 0;
        });
        if (!others.empty()) output_.say(fmt::format("  after it also failed: rank {}", others));
    }
    if (first || ranks_.status() == 0) return;
    if (!ranks_.all_here()) {
        output_.say(fmt::format("{} did not start all ranks", what_.engine));
        return;
    }
    const auto suspects = ranks_.which([](const Rank& rank) { return !rank.how.by_engine && !rank.how.asked; });
    if (suspects.empty())
        output_.say(fmt::format("{} ended the job: a rank called MPI_Abort", what_.engine));
    else
        output_.say(
            fmt::format("{} ended the job although no rank failed: rank {} left with status 0 without "
                        "MPI_Finalize, or called MPI_Abort with it",
                        what_.engine, suspects));
}

void Supervisor::show_causes() {
    const Causes found = causes(engine_says_);
    output_.pass_on(found.text);
    cause_shown_ = cause_shown_ || !found.text.empty();
    cause_told_ = cause_told_ || found.told;
    cause_lost_ = cause_lost_ || found.lost;
}

// To be called when the engine has said everything. A rank that said something itself may have called MPI_Abort after
// that, and mpirun has lost the paragraph about it, which nobody misses.
void Supervisor::say_loss() {
    const auto first = ranks_.first_failure();
    if (!first || what_.family != Mpi::open_mpi) return;
    const Rank& rank = ranks_.rank(*first);
    const bool lost = cause_lost_ && !cause_told_ && rank.how.status == status_of_no_beginning &&
                      !says_more_than_mpi(rank.last_words);
    const bool expected = !cause_shown_ && failed_to_begin(rank.last_words);
    if (lost || expected) output_.say(cause_was_lost);
}

// What the engine says about a failed rank, the card says better. But Open MPI's library hands what it has to say, as
// why MPI_Init failed, to mpirun.
void Supervisor::pass_on_engine(bool at_the_end) {
    if (engine_says_.empty()) return;
    // A rank that leaves with status 0 without MPI_Finalize has failed for the engine alone.
    const bool an_end = ending_ || end_at_ || ranks_.first_failure() || tells_of_an_end(engine_says_);
    const bool known = an_end && (ranks_.all_here() || verdict_ != 0 || signal_ != 0);
    const bool late = engine_said_at_ && clock::now() - *engine_said_at_ >= engine_says_late;
    if (!at_the_end && !late && engine_says_.size() < most_of_engine) return;
    if (!known)
        output_.pass_on(without_noise(engine_says_));
    else if (what_.family == Mpi::open_mpi)
        show_causes();
    engine_says_.clear();
    engine_said_at_.reset();
}

}  // namespace hecaton::launcher
