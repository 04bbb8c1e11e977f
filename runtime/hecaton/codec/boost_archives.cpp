#include <algorithm>
#include <boost/archive/archive_exception.hpp>
#include <boost/archive/impl/archive_serializer_map.ipp>
#include <cstring>
#include <functional>
#include <hecaton/codec/boost_reader.hpp>
#include <hecaton/codec/boost_writer.hpp>
#include <hecaton/codec/stack.hpp>
#include <limits>
#include <string_view>

template class boost::archive::detail::archive_serializer_map<hecaton::detail::BoostWriter>;
template class boost::archive::detail::archive_serializer_map<hecaton::detail::BoostReader>;

namespace hecaton::detail {
namespace {

// A value is one byte that says whether it holds pointers (is sealed), a Seal when it does, and what its `serialize`
// wrote.
struct Seal {
    std::uint64_t size;
    std::uint64_t checksum;
};

std::uint64_t checksum(const std::byte* data, std::size_t size) {
    return std::hash<std::string_view>{}({reinterpret_cast<const char*>(data), size});
}

}  // namespace

BoostWriter::BoostWriter(Writer& writer) : writer_(writer), begin_(writer.position()) { writer_.byte(0); }

BoostWriter::~BoostWriter() = default;

void BoostWriter::finish() {
    if (!has_pointers_) return;
    const std::size_t size = writer_.position() - begin_ - 1;
    writer_.grow_by(sizeof(Seal));
    std::byte* const flag = writer_.buffer().data() + begin_;
    const Seal seal{size, checksum(flag + 1, size)};
    std::memmove(flag + 1 + sizeof seal, flag + 1, size);
    std::memcpy(flag + 1, &seal, sizeof seal);
    *flag = std::byte{1};
}

void BoostWriter::pointer_class(int id) {
    has_pointers_ = true;
    writer_.size(static_cast<std::uint64_t>(std::int64_t{id} + 1));  // a null pointer's class is -1
}

void BoostWriter::save_override(const boost::archive::class_name_type& name) {
    writer_.size(name.size());
    writer_.raw(static_cast<const char*>(name), name.size());
}

BoostReader::BoostReader(Reader& reader) : reader_(reader), outer_(reader), sealed_(flag()) {
    if (!sealed_) return;
    Seal seal{};
    load(seal);
    if (seal.size > reader_.remaining()) reader_.fail("a value is longer than what is left");
    const std::size_t size = static_cast<std::size_t>(seal.size);
    const std::byte* data = reader_.take(size);
    if (checksum(data, size) != seal.checksum) reader_.fail("the checksum of a value with pointers is wrong");
    outer_.take(1 + sizeof seal + size);
    reader_ = Reader({data, size});
}

BoostReader::~BoostReader() = default;

void BoostReader::finish() const {
    if (!sealed_) {
        outer_ = reader_;
    } else if (reader_.remaining() != 0) {
        reader_.fail("a value ends before its bytes do");
    }
}

bool BoostReader::flag() {
    const std::uint8_t value = reader_.byte();
    if (value > 1) reader_.fail("a flag is neither 0 nor 1");
    return value == 1;
}

unsigned int BoostReader::small_number() {
    const std::uint64_t value = reader_.size();
    if (value > std::numeric_limits<std::uint32_t>::max()) reader_.fail("a version or an object's number is too large");
    return static_cast<unsigned int>(value);
}

void BoostReader::load_override(boost::archive::class_id_type& id) {
    if (!sealed_) reader_.fail("there is a pointer in a value that was written without");
    const std::uint64_t value = reader_.size();
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int16_t>::max()))
        reader_.fail("a class number is too large");
    id = boost::archive::class_id_type(static_cast<int>(value) - 1);
}

void BoostReader::load_override(boost::archive::object_id_type& id) {
    id = boost::archive::object_id_type(std::size_t{small_number()});
}

void BoostReader::load_override(boost::archive::version_type& version) {
    version = boost::archive::version_type(small_number());
}

void BoostReader::load_override(boost::archive::tracking_type& tracking) { tracking = flag(); }

void BoostReader::load_override(boost::archive::class_name_type& name) {
    const std::size_t length = reader_.count(1);
    if (length >= BOOST_SERIALIZATION_MAX_KEY_SIZE) reader_.fail("a class name is too long");
    char* const text = name;
    load_binary(text, length);
    text[length] = '\0';
}

// A hashed container's number of buckets follows its number of elements at once, and may be larger than what is left.
// It only says how much room there was: as many buckets as bytes do.
void BoostReader::load_override(boost::serialization::collection_size_type& count) {
    const bool buckets = reader_.position() == after_count_;
    count = boost::serialization::collection_size_type(
        buckets ? static_cast<std::size_t>(std::min<std::uint64_t>(reader_.size(), reader_.remaining()))
                : reader_.count(1));
    after_count_ = reader_.position();
}

void BoostReader::load_override(boost::serialization::item_version_type& version) {
    version = boost::serialization::item_version_type(small_number());
}

}  // namespace hecaton::detail
