// What shims and launcher say to each other, in frames that come in pieces, and the address of the launcher.
#include <fuzz/target.hpp>
#include <launcher/link/messages.hpp>

namespace hecaton::fuzz {
namespace {

namespace link = launcher::link;

void take(const link::Frame& frame) {
    switch (frame.kind) {
        case link::Kind::hello: {
            const auto hello = link::decode_hello(frame.body);
            const auto again = link::decode_hello(link::encode(hello));
            require(again.token == hello.token && again.rank == hello.rank && again.host == hello.host);
            break;
        }
        case link::Kind::ended: {
            const auto ended = link::decode_ended(frame.body);
            const auto again = link::decode_ended(link::encode(ended));
            require(again.status == ended.status && again.item.index == ended.item.index &&
                    again.item.name == ended.item.name && again.reason == ended.reason);
            break;
        }
        default:
            static_cast<void>(link::number(frame.body));
    }
}

}  // namespace

// A first byte of 0: an address follows; else the size of the pieces.
void run(std::span<const std::byte> bytes) {
    if (bytes.empty()) return;
    const auto piece = std::to_integer<std::size_t>(bytes[0]);
    std::string_view left = text(bytes.subspan(1));
    if (piece == 0) {
        if (const auto address = link::decode_address(std::string(left)))
            require(link::decode_address(link::encode(*address)).has_value());
        return;
    }
    link::FrameReader reader;
    while (!left.empty()) {
        const auto size = std::min(piece, left.size());
        reader.append(left.substr(0, size));
        left.remove_prefix(size);
        while (const auto frame = reader.next()) take(*frame);
    }
}

std::vector<std::string> seeds() {
    const link::Hello hello{
        .token = "0123456789abcdef", .rank = 1, .size = 4, .host = "node1", .pid = 77, .cores = "0-3,8", .wired = true};
    const link::Ended ended{.status = 1,
                            .signal = 11,
                            .problem = "none",
                            .item = {.running = true, .index = 7, .attempt = 1, .items = 100, .name = "squares"},
                            .reason = 2};
    const link::Address address{.local = "hecaton-1",
                                .addresses = {"10.0.0.7", "fd00::7"},
                                .port = 4'000,
                                .token = "0123456789abcdef",
                                .grace = 5'000,
                                .link_timeout = 30'000,
                                .open_files = 1'024};
    return {"\x07" + frame(link::Kind::hello, link::encode(hello)) + frame(link::Kind::output, "text\n"),
            "\xff" + frame(link::Kind::ended, link::encode(ended)) + frame(link::Kind::signal, 15),
            std::string(1, '\0') + link::encode(address)};
}

}  // namespace hecaton::fuzz
