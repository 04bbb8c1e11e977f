// A dispatcher for tests of its rules, one event after the other.
#pragma once

#include <algorithm>
#include <hecaton/scheduling/dispatcher.hpp>
#include <map>
#include <support/catch.hpp>
#include <vector>

namespace hecaton::detail::scheduling::test {

using Kind = Action::Kind;

// A dispatcher whose actions are taken away after each event, and sorted by kind.
struct Bench {
    explicit Bench(int workers, SizingOptions options = {}) : dispatcher(options) {
        for (int i = 0; i < workers; ++i) dispatcher.add_worker(now);
    }
    std::vector<Action> take() {
        std::vector<Action> result = dispatcher.actions();
        dispatcher.clear_actions();
        for (const Action& action : result) {
            if (action.kind == Kind::send) held[action.worker].push_back(action.chunk);
        }
        return result;
    }
    // The oldest chunk of the worker is done; what follows.
    std::vector<Action> finish(int worker, Seconds took) {
        now += took;
        const Chunk chunk = held[worker].front();
        held[worker].erase(held[worker].begin());
        REQUIRE(dispatcher.finished(worker, chunk.id, chunk.count, took, now));
        return take();
    }
    // The worker answers a recall: all chunks from `kept` on come back.
    std::vector<Action> answer(int worker, std::size_t kept) {
        while (held[worker].size() > kept) {
            REQUIRE(dispatcher.returned(worker, held[worker][kept].id, now));
            held[worker].erase(held[worker].begin() + static_cast<std::ptrdiff_t>(kept));
        }
        dispatcher.recall_answered(worker, now);
        return take();
    }
    Dispatcher dispatcher;
    Seconds now = 0;
    std::map<int, std::vector<Chunk>> held;
};

inline std::vector<Action> only(Kind kind, const std::vector<Action>& actions) {
    std::vector<Action> result;
    std::copy_if(actions.begin(), actions.end(), std::back_inserter(result),
                 [&](const Action& a) { return a.kind == kind; });
    return result;
}
inline std::uint64_t items(const std::vector<Action>& actions) {
    std::uint64_t sum = 0;
    for (const Action& action : actions) sum += action.chunk.count;
    return sum;
}

}  // namespace hecaton::detail::scheduling::test
