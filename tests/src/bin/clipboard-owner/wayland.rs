//! The clipboard of Wayland, by the protocol that lets programs without a window own
//! and read it (wlr-data-control-unstable-v1).

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::AsFd;

use anyhow::{Context, Result};
use wayland_client::globals::{GlobalListContents, registry_queue_init};
use wayland_client::protocol::{wl_registry, wl_seat};
use wayland_client::{
    Connection, Dispatch, EventQueue, QueueHandle, delegate_noop, event_created_child,
};
use wayland_protocols_wlr::data_control::v1::client::{
    zwlr_data_control_device_v1, zwlr_data_control_manager_v1, zwlr_data_control_offer_v1,
    zwlr_data_control_source_v1,
};
use zwlr_data_control_device_v1::ZwlrDataControlDeviceV1;
use zwlr_data_control_manager_v1::ZwlrDataControlManagerV1;
use zwlr_data_control_offer_v1::ZwlrDataControlOfferV1;
use zwlr_data_control_source_v1::ZwlrDataControlSourceV1;

/// What is offered by us, and what is there.
#[derive(Default)]
struct Board {
    offer: Vec<(String, Vec<u8>)>,
    is_over: bool,
    there: Option<ZwlrDataControlOfferV1>,
}

pub fn own(offer: Vec<(String, Vec<u8>)>) -> Result<()> {
    let (mut queue, manager, device) = connect()?;
    let source = manager.create_data_source(&queue.handle(), ());
    for (kind, _) in &offer {
        source.offer(kind.clone());
    }
    let mut board = Board {
        offer,
        ..Board::default()
    };
    device.set_selection(Some(&source));
    queue.roundtrip(&mut board)?;
    println!("owner");
    while !board.is_over {
        queue.blocking_dispatch(&mut board)?;
    }
    Ok(())
}

pub fn read(kind: &str) -> Result<Vec<u8>> {
    let (mut queue, _manager, _device) = connect()?;
    let mut board = Board::default();
    queue.roundtrip(&mut board)?;
    let there = board.there.context("the clipboard is empty")?;
    let (mut reader, writer) = std::io::pipe()?;
    there.receive(kind.to_owned(), writer.as_fd());
    queue.flush()?;
    drop(writer);
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes)?;
    Ok(bytes)
}

type Connected = (
    EventQueue<Board>,
    ZwlrDataControlManagerV1,
    ZwlrDataControlDeviceV1,
);

fn connect() -> Result<Connected> {
    let connection = Connection::connect_to_env()?;
    let (globals, queue) = registry_queue_init::<Board>(&connection)?;
    let handle = queue.handle();
    let seat: wl_seat::WlSeat = globals.bind(&handle, 1..=7, ())?;
    let manager: ZwlrDataControlManagerV1 = globals.bind(&handle, 1..=2, ())?;
    let device = manager.get_data_device(&seat, &handle, ());
    Ok((queue, manager, device))
}

delegate_noop!(Board: ignore wl_seat::WlSeat);
delegate_noop!(Board: ignore ZwlrDataControlManagerV1);
delegate_noop!(Board: ignore ZwlrDataControlOfferV1);

impl Dispatch<wl_registry::WlRegistry, GlobalListContents> for Board {
    fn event(
        _: &mut Self,
        _: &wl_registry::WlRegistry,
        _: wl_registry::Event,
        _: &GlobalListContents,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
    }
}

impl Dispatch<ZwlrDataControlSourceV1, ()> for Board {
    fn event(
        board: &mut Self,
        _: &ZwlrDataControlSourceV1,
        event: zwlr_data_control_source_v1::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        match event {
            zwlr_data_control_source_v1::Event::Send { mime_type, fd } => {
                let found = board.offer.iter().find(|(kind, _)| *kind == mime_type);
                if let Some((_, bytes)) = found {
                    // Whoever asked may have gone.
                    let _ = File::from(fd).write_all(bytes);
                }
            }
            zwlr_data_control_source_v1::Event::Cancelled => board.is_over = true,
            _ => {}
        }
    }
}

impl Dispatch<ZwlrDataControlDeviceV1, ()> for Board {
    fn event(
        board: &mut Self,
        _: &ZwlrDataControlDeviceV1,
        event: zwlr_data_control_device_v1::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        if let zwlr_data_control_device_v1::Event::Selection { id } = event {
            board.there = id;
        }
    }

    event_created_child!(Board, ZwlrDataControlDeviceV1, [
        zwlr_data_control_device_v1::EVT_DATA_OFFER_OPCODE => (ZwlrDataControlOfferV1, ()),
    ]);
}
