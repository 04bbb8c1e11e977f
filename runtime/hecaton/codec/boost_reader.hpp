// The Boost.Serialization archive that reads what BoostWriter wrote.
//
// Lengths are compared with the bytes left before Boost's containers allocate for them. Pointers need more: behind them
// are numbers of classes and objects that Boost follows unchecked. So a value that holds pointers carries its length
// and a checksum, which is verified before anything is read; in a value without, a pointer is refused.
#pragma once

#include <boost/archive/detail/common_iarchive.hpp>
#include <boost/archive/detail/register_archive.hpp>
#include <boost/serialization/array_optimization.hpp>
#include <boost/serialization/array_wrapper.hpp>
#include <boost/serialization/collection_size_type.hpp>
#include <boost/serialization/is_bitwise_serializable.hpp>
#include <boost/serialization/item_version_type.hpp>
#include <boost/serialization/string.hpp>
#include <cstdint>
#include <cstring>
#include <hecaton/codec/boost_load.hpp>
#include <hecaton/codec/boost_parts.hpp>
#include <hecaton/codec/decode_bytes.hpp>
#include <hecaton/codec/reader.hpp>
#include <hecaton/codec/stack.hpp>
#include <string>
#include <type_traits>

namespace hecaton::detail {

class BoostReader : public boost::archive::detail::common_iarchive<BoostReader> {
    using Base = boost::archive::detail::common_iarchive<BoostReader>;
    friend class boost::archive::detail::interface_iarchive<BoostReader>;
    friend class boost::archive::detail::common_iarchive<BoostReader>;
    friend class boost::archive::load_access;

  public:
    /// Begins a value and verifies its checksum where it has one; finish() ends it.
    explicit BoostReader(Reader& reader);
    ~BoostReader() override;
    /// Throws DecodeError when a sealed value was not read to its end.
    void finish() const;
    /// The value holds pointers, and its bytes are as they were written.
    bool sealed() const noexcept { return sealed_; }
    /// Where the next bytes come from.
    Reader& reader() noexcept { return reader_; }

    void load_binary(void* to, std::size_t count) {
        if (count != 0) std::memcpy(to, reader_.take(count), count);
    }
    template <class T>
    void load_array(boost::serialization::array_wrapper<T>& array, unsigned int) {
        if (array.count() > reader_.remaining() / sizeof(T)) reader_.fail("an array is longer than what is left");
        load_binary(array.address(), array.count() * sizeof(T));
        for (std::size_t i = 0; i < array.count(); ++i) check_bools(reader_, array.address()[i]);
    }

  private:
    template <class T>
    void load_override(T& value) {
        if constexpr (std::is_const_v<T> && !says_itself<std::remove_const_t<T>>) {  // wrappers may be constant
            refuse_to_travel<T, T, T, Refusal::constant>();
        } else if constexpr (std::is_enum_v<T>) {
            std::underlying_type_t<T> number{};
            load(number);
            value = static_cast<T>(number);
        } else if constexpr (std::is_arithmetic_v<T>) {
            load(value);
        } else if constexpr (std::is_array_v<T>) {
            load_array_of<std::remove_all_extents_t<T>>(value);
        } else if constexpr (std::is_class_v<T> || std::is_union_v<T>) {
            load_class(value);
        } else {
            require_pointee<T>();
            if constexpr (is_pointer_to_class<T>) Base::load_override(value);
        }
    }
    template <class T>
    void load_class(T& value) {
        using Value = std::remove_const_t<T>;
        if constexpr (says_itself<Value> ||
                      (!goes_by_codec<Value> && !goes_in_parts<Value> && is_boost_primitive<Value>)) {
            check_nesting_to_decode();
            const std::size_t before = reader_.position();
            Base::load_override(value);
            if (reader_.position() == before) reader_.take(1);
        } else if constexpr (goes_by_codec<Value>) {
            replace(value, decode<Value>(reader_));
        } else if constexpr (goes_in_parts<Value>) {
            check_nesting_to_decode();
            load_parts(*this, reader_, value);
        } else {
            require_serialize<Value>();
        }
    }
    template <class Element, class T>
    void load_array_of(T& values) {
        if constexpr (goes_by_codec_as_bytes<Element>) {
            load_binary(&values, sizeof(T));
            auto* const first = reinterpret_cast<const Element*>(&values);
            for (std::size_t i = 0; i < sizeof(T) / sizeof(Element); ++i) check_bools(reader_, first[i]);
        } else {
            for (auto& value : values) load_override(value);
        }
    }
    void load_override(boost::archive::class_id_optional_type&) {}
    void load_override(boost::archive::class_id_type& id);
    void load_override(boost::archive::class_id_reference_type& id) {
        load_override(static_cast<boost::archive::class_id_type&>(id));
    }
    void load_override(boost::archive::object_id_type& id);
    void load_override(boost::archive::version_type& version);
    void load_override(boost::archive::tracking_type& tracking);
    void load_override(boost::archive::class_name_type& name);
    void load_override(boost::serialization::collection_size_type& count);
    void load_override(boost::serialization::item_version_type& version);

    template <class T>
    void load(T& value) {
        static_assert(std::is_trivially_copyable_v<T>, "hecaton: a primitive of an archive is copied as bytes");
        std::memcpy(static_cast<void*>(&value), reader_.take(sizeof value), sizeof value);
    }
    void load(bool& value) { value = flag(); }
    template <class C, class R, class A>
    void load(std::basic_string<C, R, A>& text) {
        const std::size_t length = reader_.count(sizeof(C));
        text.resize(length);
        load_binary(text.data(), length * sizeof(C));
    }

    bool flag();
    unsigned int small_number();

    Reader reader_;  // of this value alone where it is sealed, else of all that is left
    Reader& outer_;
    bool sealed_;
    std::size_t after_count_ = SIZE_MAX;  // where the last number of elements ends
};

}  // namespace hecaton::detail

BOOST_SERIALIZATION_REGISTER_ARCHIVE(hecaton::detail::BoostReader)

template <>
struct boost::serialization::use_array_optimization<hecaton::detail::BoostReader> {
    template <class T>
    struct apply : hecaton::detail::GoesInOneBlock<std::remove_const_t<T>> {};
};
