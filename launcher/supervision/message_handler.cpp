#include <launcher/supervision/message_handler.hpp>

#include <fmt/format.h>
#include <poll.h>

#include <csignal>
#include <exception>
#include <string>

#include <launcher/supervision/card.hpp>
#include <launcher/supervision/words.hpp>

namespace hecaton::launcher {

using link::Kind;
using clock = std::chrono::steady_clock;

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
            ranks_.wrote_error(rank, frame.body);
            return output_.write(rank, Output::err, frame.body);
        case Kind::taken:
            return input_.taken(static_cast<std::size_t>(link::number(frame.body)));
        case Kind::library:
            return loaded(rank, frame.body);
        case Kind::stopped:
            return output_.say(wants_terminal(rank));
        case Kind::ended:
            ranks_.ended(rank, link::decode_ended(frame.body));
            if (failed_by_itself(ranks_.rank(rank))) failed(rank);
            return;
        case Kind::closed:
            output_.close(rank);
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
    if (const int signal = life_.signal_for_late_rank()) channel.send(link::frame(Kind::end, signal));
    if (rank == 0 && input_.ended()) channel.send(link::frame(Kind::input_end));
    if (ranks_.all_here() && what_.options.show_map) output_.pass_on(rank_map(ranks_));
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
        for (const auto& line : crash_card(ranks_, rank, what_.options.program)) output_.say(line);
    }
    life_.rank_failed(rank, clock::now());
}

void MessageHandler::lost(Channel& channel) {
    channel.close();
    const int rank = channel.rank;
    if (rank < 0) return;
    output_.close(rank);
    if (ranks_.rank(rank).closed) return;
    const bool told = ranks_.rank(rank).ended;
    ranks_.lost(rank);
    if (!told) failed(rank);
    life_.rank_closed(clock::now());
}

}  // namespace hecaton::launcher
