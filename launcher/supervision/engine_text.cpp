#include <launcher/supervision/engine_text.hpp>

#include <utility>

namespace hecaton::launcher {
namespace {

constexpr std::chrono::milliseconds lateness{300};
constexpr std::size_t most = 64 * 1024;

}  // namespace

void EngineText::add(std::string_view bytes, time now) {
    text_ += bytes;
    last_ = now;
}

std::optional<EngineText::time> EngineText::due() const {
    if (text_.empty()) return std::nullopt;
    return text_.size() < most ? last_ + lateness : last_;
}

std::string EngineText::take(bool failure_known) {
    const std::string text = std::exchange(text_, {});
    if (!failure_known) return without_noise(text);
    if (family_ != Mpi::open_mpi) return {};
    Causes found = launcher::causes(text);
    causes_.text += found.text;
    causes_.told |= found.told;
    causes_.lost |= found.lost;
    return std::move(found.text);
}

}  // namespace hecaton::launcher
