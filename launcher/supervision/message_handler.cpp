#include <launcher/supervision/message_handler.hpp>

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <csignal>
#include <exception>
#include <hecaton/foundation/rank_notes.hpp>
#include <string>

#include <launcher/supervision/card.hpp>
#include <launcher/supervision/closer_look.hpp>
#include <launcher/supervision/words.hpp>

namespace hecaton::launcher {

using link::Kind;
using clock = std::chrono::steady_clock;

namespace {
constexpr auto until_it_has_ended = std::chrono::seconds(1);
constexpr auto between_questions = std::chrono::seconds(2);
constexpr std::size_t most_cards = 3;  // of ranks that the job goes on without
}  // namespace

void MessageHandler::serve(Channel& channel, short events) {
    if (events & POLLOUT) channel.flush();
    if (!(events & (POLLIN | POLLHUP | POLLERR))) return;
    try {
        const bool good = channel.receive();
        while (channel.open()) {
            const auto frame = channel.next();
            if (!frame) break;
            handle(channel, *frame);
        }
        if (!good && channel.open()) lost(channel);
    } catch (const std::exception&) {  // a stranger with another protocol
        lost(channel);
    }
}

void MessageHandler::handle(Channel& channel, const link::Frame& frame) {
    const int rank = channel.rank;
    if (rank < 0) return welcome(channel, frame);
    switch (frame.kind) {
        case Kind::output:
            return output_.write(rank, Output::out, frame.body);
        case Kind::error:
            wrote_error(rank, frame.body);
            return output_.write(rank, Output::err, frame.body);
        case Kind::taken:
            return input_.taken(static_cast<std::size_t>(link::number(frame.body)));
        case Kind::library:
            return loaded(rank, frame.body);
        case Kind::interrupt_answered:
            return interrupt_answered(link::number(frame.body) != 0);
        case Kind::call:
            return told(rank, link::decode_call(frame.body));
        case Kind::item:
            return live_.inquiry.answered(rank, link::decode_item(frame.body));
        case Kind::progress:
            if (what_.told) what_.told(link::decode_progress(frame.body));
            return;
        case Kind::stopped:
            return output_.say(wants_terminal(rank));
        case Kind::ended:
            ranks_.ended(rank, link::decode_ended(frame.body));
            if (can_be_missed(ranks_.rank(rank)) && !life_.breaking_off() && losses_ < detail::RankNotes::most_lost)
                return survived(rank);  // of more its pool would not hear
            if (failed_by_itself(ranks_.rank(rank))) failed(rank);
            return;
        case Kind::closed:
            output_.close(rank);
            live_.progress.ended(rank);
            ranks_.closed(rank, frame.body);
            return life_.rank_closed(clock::now());
        default:
            return;
    }
}

void MessageHandler::welcome(Channel& channel, const link::Frame& frame) {
    const auto hello = link::decode_hello(frame.body);
    if (frame.kind != Kind::hello || hello.token != shims_.address().token) return channel.close();
    const bool size_was_known = ranks_.size() > 0;
    auto [rank, problem] = ranks_.hello(hello);
    const bool needs_pmi = what_.program.mpi == Mpi::open_mpi || what_.program.mpi == Mpi::mpich;
    if (problem.empty() && needs_pmi && !hello.wired && ranks_.size() > 1)
        problem = fmt::format("the ranks on {} were started without PMI, so each would be alone", hello.host);
    if (!problem.empty()) {
        refuse(does_not_fit(problem, what_.engine, what_.program));
        channel.send(link::frame(Kind::end, SIGKILL));
        return channel.send(link::frame(Kind::leave));
    }
    if (!size_was_known) output_.ranks(ranks_.size());
    channel.rank = rank;
    life_.rank_came(clock::now());
    tell_time(channel);
    if (const int signal = life_.signal_for_late_rank()) channel.send(link::frame(Kind::end, signal));
    if (rank == 0 && input_.ended()) channel.send(link::frame(Kind::input_end));
    if (ranks_.all_here() && what_.options.show_map) output_.pass_on(rank_map(ranks_));
}

void MessageHandler::tell_time(Channel& channel) {
    if (const auto end = life_.job_end()) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(*end - clock::now());
        channel.send(link::frame(Kind::time_left, std::max<long long>(left.count(), 0)));
    }
    if (life_.was_warned()) channel.send(link::frame(Kind::wind_up));
}

void MessageHandler::warned() {
    life_.warned();
    ranks_.limit_time();
    shims_.send_to_all(link::frame(Kind::wind_up));
    // In a batch job it comes without having been asked for.
    const Kind kind = what_.options.job_folder.empty() ? Kind::signal : Kind::warn;
    shims_.send_to_all(link::frame(kind, SIGUSR2));
}

void MessageHandler::told(int rank, const link::Call& call) {
    live_.inquiry.told(call);
    live_.progress.told(rank, call);
}

void MessageHandler::ask(bool aloud) {
    if (live_.inquiry.begin(shims_.channels().size(), clock::now(), aloud))
        shims_.send_to_all(link::frame(Kind::ask_item));
}

// A rank that takes it goes on with the items that run: the user wants to know for what to wait.
void MessageHandler::interrupt_answered(bool taken) {
    interrupt_.answered(taken);
    if (taken) ask(true);
}

// A rank ends soon after its own MPI_Init has failed. One that goes on has started a program which took itself for it.
void MessageHandler::wrote_error(int rank, const std::string& bytes) {
    ranks_.wrote_error(rank, bytes);
    if (double_said_ || look_for_doubles_ || !failed_to_begin(ranks_.rank(rank).last_words)) return;
    look_for_doubles_ = clock::now() + until_it_has_ended;
}

void MessageHandler::time_passed(clock::time_point now) {
    if (what_.told && now >= ask_at_ && now != clock::time_point::max()) {
        ask_at_ = now + between_questions;
        shims_.send_to(0, link::frame(Kind::ask_progress));
    }
    if (!look_for_doubles_ || now < *look_for_doubles_) return;
    look_for_doubles_.reset();
    const auto rank = ranks_.first(
        [](const Rank& one) { return (!one.ended || status_of(one.how) == 0) && failed_to_begin(one.last_words); });
    if (!rank || life_.breaking_off()) return;
    double_said_ = true;
    output_.say(took_itself_for(*rank));
}

// For ranks that run, but each alone in its world.
void MessageHandler::refuse(const std::string& text) {
    if (life_.verdict() == 0) output_.say(text);
    life_.refused(clock::now());
}

void MessageHandler::loaded(int rank, const std::string& library) {
    const Linked found = linked_mpi({{library.substr(library.rfind('/') + 1), library}});
    if (found.mpi != Mpi::none && found.mpi != what_.family) refuse(loaded_other_mpi(rank, found, what_.engine));
}

void MessageHandler::failed(int rank) {
    if (!left_by_itself(ranks_.rank(rank)) && !card_shown_ && !life_.asked_to_end()) {
        card_shown_ = true;
        for (const auto& line : crash_card(ranks_, rank, closer_look(what_.options, ranks_.size(), what_.environment)))
            output_.say(line);
    }
    life_.rank_failed(rank, clock::now());
}

void MessageHandler::survived(int rank) {
    ranks_.survived(rank);
    ++losses_;
    shims_.send_to_all(link::frame(Kind::lost, link::encode(link::Loss{.rank = rank, .how = ranks_.rank(rank).how})));
    if (ranks_.rank(rank).how.leaving) return;
    auto card = crash_card(ranks_, rank, closer_look(what_.options, ranks_.size(), what_.environment));
    if (losses_ > most_cards) card.resize(1);
    for (const auto& line : card) output_.say(line);
}

void MessageHandler::lost(Channel& channel) {
    channel.close();
    const int rank = channel.rank;
    if (rank < 0) return;
    output_.close(rank);
    live_.progress.ended(rank);
    if (ranks_.rank(rank).closed) return;
    const bool told = ranks_.rank(rank).ended;
    ranks_.lost(rank);
    if (!told) failed(rank);
    life_.rank_closed(clock::now());
}

}  // namespace hecaton::launcher
