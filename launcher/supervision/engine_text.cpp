#include <launcher/supervision/engine_text.hpp>

#include <utility>

namespace hecaton::launcher {
namespace {

constexpr std::chrono::milliseconds lateness{300};
constexpr std::size_t most = 64 * 1024;

}  // namespace

void EngineText::add(std::string_view bytes, time now) {
    text_ += bytes;
    std::erase(text_, '\0');  // Open MPI 5 prints one after an abort
    last_ = now;
}

std::optional<EngineText::time> EngineText::due() const {
    if (text_.find('\n') == std::string::npos && text_.size() < most) return std::nullopt;
    return text_.size() < most ? last_ + lateness : last_;
}

std::string EngineText::take(bool failure_known, bool all) {
    std::string text = std::exchange(text_, {});
    if (const auto whole = text.rfind('\n') + 1; !all && whole > 0) {
        text_ = text.substr(whole);
        text.erase(whole);
    }
    if (lost_daemon_.empty()) lost_daemon_ = launcher::lost_daemon(text);
    if (collision_.empty()) collision_ = folder_collision(text);
    if (!collision_.empty()) return {};  // and all that follows from it
    if (!failure_known) {
        std::string shown = without_guesses(without_noise(text), said_);
        said_ = said_ || !shown.empty();
        return shown;
    }
    if (family_ != Mpi::open_mpi) return {};
    Causes found = launcher::causes(text);
    causes_.text += found.text;
    causes_.told |= found.told;
    causes_.lost |= found.lost;
    return std::move(found.text);
}

}  // namespace hecaton::launcher
