#include <launcher/watch/call_news.hpp>

#include <algorithm>

namespace hecaton::launcher {
namespace {

constexpr auto between_news = std::chrono::milliseconds(500);

}  // namespace

// A call that has come and gone between two looks is told by nobody: it was too short. One whose place another has
// taken ended as it was when it was told last.
std::vector<link::Call> CallNews::take(const std::vector<link::Call>& noted, time now) {
    std::vector<link::Call> news;
    if (now < next_) return news;
    next_ = now + between_news;
    for (const auto& call : noted) {
        if (call.ended || !(all_ || call.wanted)) continue;
        told_[call.number] = call;
        news.push_back(call);
    }
    for (auto one = told_.begin(); one != told_.end();) {
        const auto found = std::ranges::find(noted, one->first, &link::Call::number);
        if (found != noted.end() && !found->ended) {
            ++one;
            continue;
        }
        news.push_back(found != noted.end() ? *found : one->second);
        news.back().ended = true;
        one = told_.erase(one);
    }
    return news;
}

std::vector<link::Call> CallNews::rest(std::vector<link::Call> noted) {
    std::erase_if(noted, [this](const link::Call& call) { return !told_.contains(call.number); });
    for (auto& call : noted) call.ended = true;
    next_ = {};
    return take(noted, next_);
}

}  // namespace hecaton::launcher
