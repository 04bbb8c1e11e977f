#include <launcher/link/messages.hpp>

#include <charconv>
#include <cstring>
#include <stdexcept>
#include <utility>

#include <launcher/base/json_fields.hpp>

namespace hecaton::launcher::link {
namespace {

constexpr auto hello_fields = [](auto& hello, auto& each) {
    each("token", hello.token);
    each("rank", hello.rank);
    each("size", hello.size);
    each("host", hello.host);
    each("pid", hello.pid);
    each("cores", hello.cores);
    each("gpus", hello.gpus);
    each("wired", hello.wired);
};

constexpr auto item_fields = [](auto& item, auto& each) {
    each("item_running", item.running);
    each("item_known", item.known);
    each("item_index", item.index);
    each("item_attempt", item.attempt);
    each("item_items", item.items);
    each("item_name", item.name);
    each("item_held", item.held);
};

constexpr auto ended_fields = [](auto& ended, auto& each) {
    each("status", ended.status);
    each("signal", ended.signal);
    each("asked", ended.asked);
    each("by_engine", ended.by_engine);
    each("out_of_memory", ended.out_of_memory);
    each("memory", ended.memory);
    each("memory_limit", ended.memory_limit);
    each("problem", ended.problem);
    each("reason", ended.reason);
    each("fault", ended.fault);
    each("full_stack", ended.full_stack);
    each("hung", ended.hung);
    each("opening", ended.opening);
    each("driving", ended.driving);
    each("serving", ended.serving);
    each("leaving", ended.leaving);
    item_fields(ended.item, each);
};

constexpr auto loss_fields = [](auto& loss, auto& each) {
    each("rank", loss.rank);
    ended_fields(loss.how, each);
};

constexpr auto call_fields = [](auto& call, auto& each) {
    each("number", call.number);
    each("name", call.name);
    each("items", call.items);
    each("done", call.done);
    each("failed", call.failed);
    each("restored", call.restored);
    each("milliseconds", call.milliseconds);
    each("wanted", call.wanted);
    each("ended", call.ended);
};

constexpr auto progress_fields = [](auto& progress, auto& each) {
    each("call", progress.call);
    each("items", progress.items);
    each("done", progress.done);
    each("failed", progress.failed);
};

constexpr auto address_fields = [](auto& address, auto& each) {
    each("local", address.local);
    each("addresses", address.addresses);
    each("port", address.port);
    each("token", address.token);
    each("grace", address.grace);
    each("link_timeout", address.link_timeout);
    each("watch_mpi", address.watch_mpi);
    each("claim_cores", address.claim_cores);
    each("gpus", address.gpus);
    each("open_files", address.open_files);
    each("show_calls", address.show_calls);
    each("rows", address.rows);
    each("columns", address.columns);
    each("nodes", address.nodes);
    each("blocks", address.blocks);
};

}  // namespace

std::string frame(Kind kind, std::string_view body) {
    const auto size = static_cast<std::uint32_t>(body.size());
    std::string bytes(sizeof size, '\0');
    std::memcpy(bytes.data(), &size, sizeof size);  // ranks and launcher run on machines of one kind
    bytes.push_back(static_cast<char>(kind));
    return bytes.append(body);
}

std::string frame(Kind kind, long long number) { return frame(kind, std::to_string(number)); }

long long long_number(const std::string& body) {
    long long found = 0;
    std::from_chars(body.data(), body.data() + body.size(), found);
    return found;
}

int number(const std::string& body) {
    const long long found = long_number(body);
    return std::in_range<int>(found) ? static_cast<int>(found) : 0;
}

std::optional<Frame> FrameReader::next() {
    constexpr std::size_t header = sizeof(std::uint32_t) + 1;
    const std::size_t left = bytes_.size() - at_;
    std::uint32_t size = 0;
    if (left >= header) std::memcpy(&size, bytes_.data() + at_, sizeof size);
    if (size > largest_body) throw std::runtime_error("not a frame");
    if (left < header || left < header + size) {
        bytes_.erase(0, at_);
        at_ = 0;
        return std::nullopt;
    }
    Frame found{static_cast<Kind>(bytes_[at_ + sizeof size]), bytes_.substr(at_ + header, size)};
    at_ += header + size;
    return found;
}

std::string encode(const Hello& hello) { return json_fields::encode(hello, hello_fields); }

std::string encode(const Ended& ended) { return json_fields::encode(ended, ended_fields); }

std::string encode(const Loss& loss) { return json_fields::encode(loss, loss_fields); }

std::string encode(const Progress& progress) { return json_fields::encode(progress, progress_fields); }

std::string encode(const Item& item) { return json_fields::encode(item, item_fields); }

std::string encode(const Call& call) { return json_fields::encode(call, call_fields); }

std::string encode(const Address& address) { return json_fields::encode(address, address_fields); }

Hello decode_hello(const std::string& body) { return json_fields::decode<Hello>(body, hello_fields).value_or(Hello()); }

Ended decode_ended(const std::string& body) { return json_fields::decode<Ended>(body, ended_fields).value_or(Ended()); }

Loss decode_loss(const std::string& body) { return json_fields::decode<Loss>(body, loss_fields).value_or(Loss()); }

Progress decode_progress(const std::string& body) {
    return json_fields::decode<Progress>(body, progress_fields).value_or(Progress());
}

Item decode_item(const std::string& body) { return json_fields::decode<Item>(body, item_fields).value_or(Item()); }

Call decode_call(const std::string& body) { return json_fields::decode<Call>(body, call_fields).value_or(Call()); }

std::optional<Address> decode_address(const std::string& text) {
    return json_fields::decode<Address>(text, address_fields);
}

}  // namespace hecaton::launcher::link
